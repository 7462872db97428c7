using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// Responses to POST that are stored for later GETs. A POST invalidates its own URI when it is answered, so the stamp of the commit is read after that. The stamp
/// from before the POST tells whether another request invalidated the URI in between: then the response is not stored (RFC 9111 §4.4).
/// </summary>
internal sealed class PostedResponses(CacheServices services)
{
    /// <summary>Notes what the store knows of invalidations before a POST is sent whose response may be stored.</summary>
    public ValueTask NoteAsync(Exchange exchange) =>
        exchange.Policy.StorePost && !exchange.Facts.IsReadOnly && exchange.Presented.Method == MethodRules.Post && exchange.Decision.Reason == CacheReason.Method
            ? NoteStampAsync(exchange)
            : default;

    /// <summary>Forgets the note if the response can't be stored, or was invalidated since. Called before the POST's own invalidation.</summary>
    public ValueTask CheckAsync(Exchange exchange, ReceivedResponse received) => exchange.PostStamp is { } before ? CheckAsync(exchange, received, before) : default;

    /// <summary>Reads the snapshot that the commit refers to. Called after the POST's own invalidation.</summary>
    public ValueTask ReadAsync(Exchange exchange) => exchange is { PostStamp: not null, Snapshot: null } ? ReadSnapshotAsync(exchange) : default;

    private KeyRule KeyOfReads(Exchange exchange) => services.PolicyFor(exchange.Request, exchange.Own, MethodRules.Get, exchange.Presented.TargetUri).Key;

    private async ValueTask NoteStampAsync(Exchange exchange)
    {
        if (services.Keys.TryFor(exchange.Request, exchange.Presented, exchange.Own, KeyOfReads(exchange), out var key))
        {
            exchange.Key = key;
            exchange.PostStamp = await StampOfAsync(exchange).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckAsync(Exchange exchange, ReceivedResponse received, long before)
    {
        var mayBeStored = received.Head.ContentLocation == received.Head.FinalUri
            && (await StampOfAsync(exchange).ConfigureAwait(false) == before || await AdmitsAsync(exchange, received, before).ConfigureAwait(false));
        if (!mayBeStored)
        {
            exchange.PostStamp = null;
        }
    }

    private async ValueTask ReadSnapshotAsync(Exchange exchange) =>
        exchange.Snapshot = await services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);

    private async ValueTask<long?> StampOfAsync(Exchange exchange)
    {
        using var snapshot = await services.Store.ReadAsync(exchange.Key, exchange.CancellationToken).ConfigureAwait(false);
        return snapshot?.Stamp;
    }

    /// <summary>
    /// Whether the store would still take the response with a stamp. Another stamp alone does not tell: that of most stores changes with every removal, and which of them
    /// concern the response the store knows when something is committed. So an empty one is, in a scope that no request has, and removed again.
    /// </summary>
    private async ValueTask<bool> AdmitsAsync(Exchange exchange, ReceivedResponse received, long stamp)
    {
        var head = StorageRules.HeadOf(
            exchange.Facts, received.Head, ResponseConclusions.Of(exchange.Presented, received.Head, received.Times, exchange.Policy), null, exchange.Own.Tags, (RandomId.New(), RandomId.New())).WithBody(0);
        var key = exchange.Key with { Scope = $"trial {head.Generation:x}" };
        if (await services.Store.BeginWriteAsync(key, 0, CancellationToken.None).ConfigureAwait(false) is not { Writer: { } writer })
        {
            return false;
        }

        var commit = new StoreCommit { Head = head, Stamp = stamp, Retention = TimeSpan.FromMinutes(1) };
        if (await services.Store.CommitAsync(writer, key, commit, exchange.AskedAfter).ConfigureAwait(false) is not null)
        {
            return false;
        }

        await services.Store.RemoveAsync(key, head.Generation).ConfigureAwait(false);
        return true;
    }
}
