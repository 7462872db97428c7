using System.Text;
using HttpCaching.Tests.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A blocking read of a body that stood still ended neither with the client's timeout nor when another thread disposed the response, and a follower that blocks waited
/// for its leader for ever.
/// </summary>
[Trait("Spec", "CON-10")]
public sealed class BlockingReadsThatCouldNotBeEnded
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<bool, int, bool> Bodies() => new()
    {
        { false, 10, true },
        { false, 5_000_000, true },
        { true, 10, true },
        { false, 10, false },
        { true, 10, false },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Send_BodyStandsStill_EndsWithItsCallerAndTheConnection(bool isChunked, int rest, bool collapses)
    {
        await using var server = await StallingServer.StartAsync(isChunked, rest);
        using var client = Client(collapses);
        using var patience = new CancellationTokenSource();

        // Handled by the client as its timeout is.
        var sending = OnThread(() => client.Send(Get(server.Address), patience.Token));
        await server.WhenStalled;
        await patience.CancelAsync();

        await sending.Invoking(t => t).Should().ThrowAsync<TaskCanceledException>();
        await server.WhenAborted;
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Read_ResponseIsDisposedByAnotherThread_Ends(bool isChunked, int rest, bool collapses)
    {
        await using var server = await StallingServer.StartAsync(isChunked, rest);
        using var client = Client(collapses);
        var response = await OnThread(() => client.Send(Get(server.Address), HttpCompletionOption.ResponseHeadersRead));
        var stream = response.Content.ReadAsStream();
        await OnThread(() => ReadBeginning(stream));

        var reading = OnThread(() => stream.Read(new byte[10]));
        response.Dispose();

        // Whether the read had begun by then or not.
        await reading.Invoking(t => t).Should().ThrowAsync<Exception>();
        await server.WhenAborted;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_FollowsALeaderWhoseBodyStandsStill_EndsWithItsOwnTimeout(bool isLeaderAsync)
    {
        await using var server = await StallingServer.StartAsync();
        using var cache = new HttpCache();
        using var client = Client(cache);
        using var impatient = Client(cache);
        impatient.Timeout = TimeSpan.FromSeconds(1);
        var leader = isLeaderAsync
            ? await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead)
            : await OnThread(() => client.Send(Get(server.Address), HttpCompletionOption.ResponseHeadersRead));
        var whole = isLeaderAsync ? leader.Content.ReadAsStringAsync() : OnThread(() => Text(leader.Content.ReadAsStream()));

        var sending = OnThread(() => impatient.Send(Get(server.Address)));

        await sending.Invoking(t => t).Should().ThrowAsync<TaskCanceledException>();
        server.GoOn();
        (await whole.WaitAsync(Patience)).Should().Be(server.Whole);
        server.Count.Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_OfALeaderWhoBlocks_EndsItsReadAndLeavesTheFollowersAlone(bool isFollowerAsync)
    {
        await using var server = await StallingServer.StartAsync();
        using var cache = new HttpCache();
        using var client = Client(cache);
        var leader = await OnThread(() => client.Send(Get(server.Address), HttpCompletionOption.ResponseHeadersRead));
        var stream = leader.Content.ReadAsStream();
        var follower = isFollowerAsync
            ? await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead)
            : await OnThread(() => client.Send(Get(server.Address), HttpCompletionOption.ResponseHeadersRead));
        await OnThread(() => ReadBeginning(stream));
        var reading = OnThread(() => stream.Read(new byte[10]));
        var whole = isFollowerAsync ? follower.Content.ReadAsStringAsync() : OnThread(() => Text(follower.Content.ReadAsStream()));

        leader.Dispose();

        await reading.Invoking(t => t).Should().ThrowAsync<Exception>();
        server.GoOn();
        (await whole.WaitAsync(Patience)).Should().Be(server.Whole);
        server.Count.Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_RedirectWhoseBodyStandsStill_IsFollowed(bool async)
    {
        await using var server = await StallingServer.StartAsync();
        using var client = new HttpClient(new CachingHandler());
        var uri = new Uri(server.Address, "/redirect");

        using var response = async ? await client.GetAsync(uri).WaitAsync(Patience) : await OnThread(() => client.Send(Get(uri)));

        (await response.Content.ReadAsStringAsync()).Should().Be(server.Whole);
        await server.WhenAborted;
    }

    private static HttpClient Client(bool collapses) => new(new CachingHandler(new HttpCacheOptions { CollapseRequests = collapses }));

    private static HttpClient Client(HttpCache cache) => new(new CachingHandler(cache));

    private static HttpRequestMessage Get(Uri uri) => new(HttpMethod.Get, uri);

    // Not on the pool: a thread that blocks there makes the others wait.
    private static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience);

    private static bool ReadBeginning(Stream stream)
    {
        var beginning = new byte[StallingServer.Beginning.Length];
        stream.ReadExactly(beginning);
        return true;
    }

    private static string Text(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
