using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>One connection and no other: a response that is not given back is the end of everything.</summary>
public sealed class OneConnectionTests(ITestOutputHelper output)
{
    private const int Requests = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [Trait("Spec", "CON-4")]
    [Trait("Spec", "VLD-1")]
    [InlineData(1)]
    [InlineData(4)]
    public async Task OneConnection_ValidatedCancelledAndAbandonedRequests_NoneIsLost(int together)
    {
        await using var origin = new RoughOrigin();
        using var store = new MemoryHttpCacheStore();
        var counting = new CountingStore(store);
        using var cache = new HttpCache(counting);
        using var inner = new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false };
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = inner }) { BaseAddress = new Uri(origin.Address, "good/"), Timeout = Patience };
        var outcomes = new int[5];
        var random = new Random(together);

        // Resources that are validated each time, that go by unstored, and that have bodies of all sizes but the largest.
        int[] resources = [0, 2, 3, 8, 10, 13, 15, 20, 22];
        for (var sent = 0; sent < Requests; sent += together)
        {
            var resource = resources[random.Next(resources.Length)];
            var acts = Enumerable.Range(0, together).Select(_ => (Act: random.Next(5), Delay: random.Next(3)));
            await Task.WhenAll(acts.Select(a => AskAsync(client, resource, a.Act, a.Delay, outcomes))).WaitAsync(Patience);
        }

        using var last = await client.GetAsync("4").WaitAsync(Patience);
        last.IsSuccessStatusCode.Should().BeTrue();
        output.WriteLine($"{outcomes[0]} read, {outcomes[1]} cancelled, {outcomes[2]} not read, {outcomes[3]} read in part; {origin.Requests} reached the origin, {origin.NotModified} answered by 304");
        outcomes.Take(4).Should().OnlyContain(count => count > Requests / 50);
        for (var tries = 0; counting.Open != default && tries < 100; tries++)
        {
            await Task.Delay(50);
        }

        counting.Open.Should().Be((0, 0, 0));
    }

    private static async Task AskAsync(HttpClient client, int resource, int act, int delay, int[] outcomes)
    {
        using var patience = new CancellationTokenSource();
        if (act == 1 && delay > 0)
        {
            patience.CancelAfter(delay);
        }

        try
        {
            var sending = client.GetAsync($"{resource}", HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (act == 1 && delay == 0)
            {
                await patience.CancelAsync();
            }

            using var response = await sending;
            switch (act)
            {
                case 2:
                    break;
                case 3:
                    var stream = await response.Content.ReadAsStreamAsync(patience.Token);
                    await stream.ReadAtLeastAsync(new byte[100], 100, throwOnEndOfStream: false, patience.Token);
                    break;
                default:
                    await response.Content.CopyToAsync(Stream.Null, patience.Token);
                    act = 0;
                    break;
            }

            Interlocked.Increment(ref outcomes[act]);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Interlocked.Increment(ref outcomes[1]);
        }
    }
}
