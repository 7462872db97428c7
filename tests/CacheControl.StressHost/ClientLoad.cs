using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace HttpCaching.StressHost;

/// <summary>
/// Parallel requests through a cache on a shared directory. The origin's bodies say which resource, coding, version and length they are of,
/// and the head says so too, so that any mix-up shows.
/// </summary>
internal static class ClientLoad
{
    private const int Workers = 4;
    private const int Resources = 24;

    private static readonly string?[] AcceptEncodings = ["zstd, gzip", "gzip", "identity", null];

    public static async Task<int> RunAsync(string directory, Uri origin, TimeSpan duration, int seed, int leastRequests)
    {
        var store = StressStore.Open(directory, new FileHttpCacheStoreOptions { MaximumBytes = 64 * 1024 * 1024 });
        using var owned = (IDisposable)store;
        // On a busy machine a store that is slow is no fault; a wrong answer would be.
        var options = new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.None, Store = { Timeout = TimeSpan.FromSeconds(30) } };
        var faults = new ConcurrentQueue<string>();
        using var cache = new HttpCache(store, options, loggerFactory: new FaultLog(faults));
        using var client = new HttpClient(new CachingHandler(cache)) { BaseAddress = origin };
        var requests = 0;
        var hits = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + worker);

            // Past its time it goes on until the requests are enough, within reason.
            while (faults.Count < 10 && (clock.Elapsed < duration || (Volatile.Read(ref requests) < leastRequests && clock.Elapsed < duration * 4)))
            {
                Interlocked.Increment(ref requests);
                try
                {
                    Interlocked.Add(ref hits, await SendAsync(client, random) ? 1 : 0);
                }
                catch (Exception exception)
                {
                    faults.Enqueue(exception.ToString().ReplaceLineEndings(" "));
                }
            }
        })));

        Console.WriteLine($"requests={requests} hits={hits} faults={faults.Count} {string.Join(" | ", faults)}");
        return faults.IsEmpty ? 0 : 1;
    }

    private static async Task<bool> SendAsync(HttpClient client, Random random)
    {
        var resource = random.Next(Resources);
        var encoding = AcceptEncodings[random.Next(AcceptEncodings.Length)];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{resource}");
        if (encoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        }

        if (random.Next(10) == 0)
        {
            request.Headers.CacheControl = new() { NoCache = true };
        }

        if (random.Next(200) == 0)
        {
            // An unsafe request: what is stored of the resource is invalid then.
            request.Method = HttpMethod.Post;
            request.Content = new StringContent("x");
            using var posted = await client.SendAsync(request);
            Require(posted.StatusCode == HttpStatusCode.NoContent, $"POST gave {posted.StatusCode}");
            return false;
        }

        using var response = await client.SendAsync(request);
        Require(response.StatusCode == HttpStatusCode.OK, $"a bare {(int)response.StatusCode}");
        var body = await response.Content.ReadAsByteArrayAsync();
        Check(resource, encoding, response, body);
        return response.GetCacheStatus()?.Hit == true;
    }

    /// <summary>The body is "resource coding version length" and a pattern that follows from the version; the head says the same.</summary>
    private static void Check(int resource, string? accepted, HttpResponseMessage response, byte[] body)
    {
        var end = Array.IndexOf(body, (byte)'\n');
        Require(end > 0, "a body without its first line");
        var words = Encoding.ASCII.GetString(body, 0, end).Split(' ');
        var described = $"{words[0]} {words[1]} {words[2]}";
        var head = string.Join(",", response.Headers.GetValues("X-Body"));
        Require(head == described, $"the head of '{head}' with the body of '{described}'");
        Require(response.Headers.ETag?.Tag == $"\"{words[1]}-{words[2]}\"", $"the ETag {response.Headers.ETag} with the body of '{described}'");
        Require(words[0] == $"{resource}", $"the resource {words[0]} in place of {resource}");
        var coding = accepted is null ? "identity" : accepted.Split(',')[0];
        Require(words[1] == coding, $"the coding {words[1]} for '{accepted}'");
        Require(body.Length == int.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture), $"{body.Length} bytes of {words[3]}");
        var filler = (byte)('a' + (int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture) % 26));
        Require(body.AsSpan(end + 1).IndexOfAnyExcept(filler) < 0, $"another body's bytes within '{described}'");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidDataException("Wrong answer: " + message);
        }
    }
}
