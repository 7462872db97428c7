using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Model;

namespace HttpCaching.Control;

/// <summary>
/// Removes what turns out to be undecodable above the cache, which below looked whole: a body that was cut before it was sent has a length that fits. The next
/// request asks the origin.
/// </summary>
internal sealed class CodingReports(CacheServices services) : ICodingReports
{
    /// <inheritdoc/>
    public Func<ValueTask>? For(HttpResponseMessage response) =>
        StatusOf(response) is { Key: { } uri } status && (status.Stored || status.Storing || response is CachedResponseMessage)
            ? () => RemoveAsync(uri, status.Outcome)
            : null;

    /// <summary>The status that the cache attached to a response.</summary>
    public static CacheStatus? StatusOf(HttpResponseMessage response) =>
        response is CachedResponseMessage cached ? cached.Status
        : response.RequestMessage is { } request && request.Options.TryGetValue(RequestSettings.StatusKey, out var status) ? status
        : null;

    // All variants: the body under way, which is not stored yet, must not come to be stored either.
    private async ValueTask RemoveAsync(string uri, StoringOutcome? outcome)
    {
        outcome?.Revoke(NotStoredReason.Undecodable);
        Log.Undecodable(services.Logger, Log.Loggable(uri));
        await services.InvalidateAsync(uri, CancellationToken.None).ConfigureAwait(false);
    }
}
