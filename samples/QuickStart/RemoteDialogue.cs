using CacheControl;
using CacheControl.Model;

namespace QuickStart;

/// <summary>As much of the dialogue as can be had with somebody else's server: safe methods only, and what the cache does is up to what the server says.</summary>
/// <param name="client">The client.</param>
/// <param name="uri">What to ask for.</param>
/// <param name="time">The clock of the cache.</param>
public sealed class RemoteDialogue(HttpClient client, Uri uri, AdjustableTime time)
{
    /// <summary>All steps, in order.</summary>
    public IEnumerable<Step> Steps() =>
    [
        new("GET, for the first time", () => Get()),
        new("GET again", () => Get()),
        new("GET, no-cache: to be confirmed by the origin", () => Get(HttpCacheMode.NoCache)),
        new("HEAD", () => Send(HttpMethod.Head)),
        new("GET, bytes 0-9", () => Send(HttpMethod.Get, request => request.Headers.Range = new(0, 9))),
        new("GET in German: another variant, if the origin says Vary", () => Send(HttpMethod.Get, request => request.Headers.AcceptLanguage.ParseAdd("de"))),
        new("One day later: GET", () => Later(TimeSpan.FromDays(1))),
        new("GET, only if cached", () => Get(HttpCacheMode.OnlyIfCached)),
        new("GET, no-store: past the cache", () => Get(HttpCacheMode.NoStore)),
        new("GET, reload", () => Get(HttpCacheMode.Reload)),
    ];

    private Task<HttpResponseMessage> Later(TimeSpan skipped)
    {
        time.Skip(skipped);
        return Get();
    }

    private Task<HttpResponseMessage> Get(HttpCacheMode mode = HttpCacheMode.Default) => Send(HttpMethod.Get, request => request.WithCache(mode));

    private Task<HttpResponseMessage> Send(HttpMethod method, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, uri);
        change?.Invoke(request);
        return client.SendAsync(request);
    }
}
