using HttpCaching;

namespace QuickStart;

/// <summary>The dialogue with a server of the reader's choice: safe methods only, and four requests to it at most. The server's fields decide how each step ends.</summary>
/// <param name="client">The client.</param>
/// <param name="uri">What to ask for.</param>
/// <param name="time">The clock of the cache.</param>
public sealed class RemoteDialogue(HttpClient client, Uri uri, AdjustableTime time)
{
    /// <summary>All steps, in order.</summary>
    public IEnumerable<Step> Steps() =>
    [
        new("GET", () => Get()),
        new("GET again", () => Get()),
        new("GET, only if cached", () => Get(HttpCacheMode.OnlyIfCached)),
        new("GET, to be confirmed by the origin", () => Get(HttpCacheMode.NoCache)),
        new("One day later: GET", () => Later(TimeSpan.FromDays(1))),
    ];

    private Task<HttpResponseMessage> Later(TimeSpan skipped)
    {
        time.Skip(skipped);
        return Get();
    }

    private Task<HttpResponseMessage> Get(HttpCacheMode mode = HttpCacheMode.Default) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, uri).WithCache(mode));
}
