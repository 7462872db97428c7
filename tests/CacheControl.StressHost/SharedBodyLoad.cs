using System.Text;

namespace HttpCaching.StressHost;

/// <summary>
/// Shares large bodies of an encrypted store among readers of whom one stands still, so that they lie in temporary files and in files that are being written; says "ready"
/// then, and waits to be killed.
/// </summary>
internal static class SharedBodyLoad
{
    private const int BodyBytes = 8 * 1024 * 1024;

    public static async Task<int> RunAsync(string directory, string marker)
    {
        var options = new FileHttpCacheStoreOptions { EncryptionKey = new byte[32], MaximumBytes = 64 * 1024 * 1024, MaximumEntryBytes = BodyBytes / 2 };
        using var store = new FileHttpCacheStore(directory, options);
        using var cache = new HttpCache(store, new HttpCacheOptions { Limits = { MaximumSpoolMemory = 0 } });
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = new Origin(marker) });
        var responses = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.GetAsync("http://h/shared", HttpCompletionOption.ResponseHeadersRead)));
        var streams = await Task.WhenAll(responses.Select(r => r.Content.ReadAsStreamAsync()));
        await streams[1].ReadExactlyAsync(new byte[1]);
        await streams[0].ReadExactlyAsync(new byte[BodyBytes - 1]);

        // A small one is being stored: its body is in the store's own temporary file when the process is killed.
        using var stored = await client.GetAsync($"http://h/{BodyBytes / 4}", HttpCompletionOption.ResponseHeadersRead);
        await (await stored.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[BodyBytes / 8]);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private sealed class Origin(string marker) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // Late enough for the second request to find the first one's flight.
            await Task.Delay(200, cancellationToken);
            var length = int.TryParse(request.RequestUri!.AbsolutePath.AsSpan(1), out var stated) ? stated : BodyBytes;
            var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(marker + " ", length / (marker.Length + 1))));
            var response = new HttpResponseMessage { RequestMessage = request, Content = new ByteArrayContent([.. body, .. new byte[length - body.Length]]) };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=600");
            return response;
        }
    }
}
