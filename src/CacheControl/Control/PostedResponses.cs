using CacheControl.Model;
using CacheControl.Policy;

namespace CacheControl.Control;

/// <summary>
/// Responses to POST that are stored for later GETs. A POST invalidates its own URI when it is answered, so the stamp of the commit is read after that. Whether somebody
/// else has invalidated while it was under way tell the stamps before it was sent and before its own invalidation: then it is not stored (RFC 9111 §4.4).
/// </summary>
internal sealed class PostedResponses(CacheServices services)
{
    /// <summary>Notes what the store knows of invalidations before a POST is sent whose response may be stored.</summary>
    public async ValueTask NoteAsync(Exchange exchange)
    {
        if (services.Policy.StorePost && exchange.Presented.Method == MethodRules.Post && exchange.Decision.Reason == CacheReason.Method
            && services.Keys.TryFor(exchange.Request, exchange.Presented, exchange.Own, out var key))
        {
            exchange.Key = key;
            exchange.PostStamp = await StampOfAsync(exchange).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets the note if anything was invalidated since. Called before the POST's own invalidation.</summary>
    public async ValueTask CheckAsync(Exchange exchange)
    {
        if (exchange.PostStamp is { } before && await StampOfAsync(exchange).ConfigureAwait(false) != before)
        {
            exchange.PostStamp = null;
        }
    }

    /// <summary>Reads the snapshot that the commit refers to. Called after the POST's own invalidation.</summary>
    public async ValueTask ReadAsync(Exchange exchange)
    {
        if (exchange is { PostStamp: not null, Snapshot: null })
        {
            exchange.Snapshot = await services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<long?> StampOfAsync(Exchange exchange)
    {
        using var snapshot = await services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);
        return snapshot?.Stamp;
    }
}
