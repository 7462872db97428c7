using System.Diagnostics;
using HttpCaching.Redis.Tests.Contract;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.Tests.Issues.Hanging;
using Xunit.Abstractions;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>
/// An engine that is stopped (SIGSTOP): its connections stay open, and it answers nothing. All limits are far away, and so a request ends with its own caller, whichever
/// call it waits for and however it was sent.
/// </summary>
/// <param name="output">Is told how long the end took.</param>
[Trait("Spec", "CON-10")]
public sealed class StoppedEngineTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Path = "p0";
    private const string Uri = "https://example.org/" + Path;
    private const int LargeBytes = 1_000_000;

    private static readonly TimeSpan Far = TimeSpan.FromMinutes(2);

    // A second is the promise; the rest is for a machine that is busy with other things.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    private RedisServerProcess? _engine;

    /// <summary>What a request waits for.</summary>
    public enum Wait
    {
        /// <summary>What is stored.</summary>
        Read,

        /// <summary>A change that a PUT asks for.</summary>
        Invalidate,

        /// <summary>Who asks the origin, of several processes.</summary>
        Flight,

        /// <summary>The process that asks the origin, which hangs too.</summary>
        Leader,
    }

    public static TheoryData<Wait, WayOfCalling> Cases()
    {
        var data = new TheoryData<Wait, WayOfCalling>();
        foreach (var wait in Enum.GetValues<Wait>())
        {
            foreach (var way in Enum.GetValues<WayOfCalling>().Where(w => wait != Wait.Invalidate || w is not (WayOfCalling.AsyncTimeout or WayOfCalling.BlockingTimeout)))
            {
                data.Add(wait, way);
            }
        }

        return data;
    }

    public async Task InitializeAsync() => _engine = Tooling.SkipReason is null ? await RedisServerProcess.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    [EngineTheory]
    [MemberData(nameof(Cases))]
    public async Task Request_EngineStopped_EndsWithItsCaller(Wait wait, WayOfCalling way)
    {
        using var store = Open();
        using var memory = new MemoryHttpCacheStore();
        var origin = new VersionedHandler(1000);
        using var cache = wait is Wait.Flight or Wait.Leader ? Cache(memory, store) : Cache(store, null);
        using var handler = new CachingHandler(cache) { InnerHandler = origin };
        using var client = new HttpClient(handler, disposeHandler: false);
        using var stored = await client.GetAsync(wait is Wait.Flight or Wait.Leader ? Uri + "/other" : Uri);
        using var leader = wait == Wait.Leader ? await LeadAsync(memory, store) : null;
        using var request = new RequestUnderWay(way);
        var method = wait == Wait.Invalidate ? HttpMethod.Put : HttpMethod.Get;
        Task<string> sending;
        if (wait == Wait.Leader)
        {
            // It waits for the leader already, or is about to.
            sending = request.SendAsync(handler, new HttpRequestMessage(method, Uri));
            _engine!.Pause();
        }
        else
        {
            _engine!.Pause();
            sending = request.SendAsync(handler, new HttpRequestMessage(method, Uri));
        }

        var start = Stopwatch.GetTimestamp();
        try
        {
            if (wait == Wait.Invalidate)
            {
                // The answer is there: whether it still reaches the caller who has left is the platform's affair.
                await request.EndAsync(Task.CompletedTask);
                await sending.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Slack);
            }
            else
            {
                await request.ShouldEndAsync(sending, Task.CompletedTask);
            }

            output.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
            Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(1) + Slack);
        }
        finally
        {
            _engine.Resume();
        }
    }

    [EngineTheory]
    [InlineData(WayOfCalling.AsyncToken, true)]
    [InlineData(WayOfCalling.AsyncDisposal, true)]
    [InlineData(WayOfCalling.AsyncDisposal, false)]
    [InlineData(WayOfCalling.BlockingDisposal, true)]
    [InlineData(WayOfCalling.BlockingDisposal, false)]
    public async Task ReadOfTheBody_EngineStopped_EndsWithItsReader(WayOfCalling way, bool ofTheResponse)
    {
        using var store = Open();
        using var cache = Cache(store, null);
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = new VersionedHandler(LargeBytes) });
        (await client.GetByteArrayAsync(Uri)).Should().NotBeEmpty();
        var response = await client.GetAsync(Uri, HttpCompletionOption.ResponseHeadersRead);
        response.GetCacheStatus()!.Hit.Should().BeTrue();
        var body = await response.Content.ReadAsStreamAsync();
        _engine!.Pause();
        try
        {
            using var token = new CancellationTokenSource();
            var reading = way == WayOfCalling.BlockingDisposal
                ? Task.Factory.StartNew(() => body.CopyTo(Stream.Null), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                : body.CopyToAsync(Stream.Null, token.Token);
            var start = Stopwatch.GetTimestamp();
            if (way == WayOfCalling.AsyncToken)
            {
                await token.CancelAsync();
            }
            else
            {
                ((IDisposable)(ofTheResponse ? response : body)).Dispose();
            }

            await Task.WhenAny(reading, Task.Delay(Slack));
            reading.IsCompleted.Should().BeTrue();
            reading.IsCompletedSuccessfully.Should().BeFalse();
            output.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
            response.Dispose();
        }
        finally
        {
            _engine.Resume();
        }
    }

    private RedisHttpCacheStore Open()
    {
        var options = Prefixes.Fresh();
        options.ServerTimeout = Far;
        return new RedisHttpCacheStore(_engine!.Address + ",connectTimeout=20000,syncTimeout=120000,asyncTimeout=120000", options);
    }

    private static HttpCache Cache(IHttpCacheStore store, IHttpCacheFlights? flights) => new(store, new HttpCacheOptions
    {
        Store = { Timeout = Far, BodyTimeout = Far },
        Collapsing = { MaximumFlightWait = Far, MaximumWait = Far * 2, Flights = flights },
    });

    /// <summary>A process that has the lead and whose origin never answers.</summary>
    private static async Task<IDisposable> LeadAsync(MemoryHttpCacheStore memory, RedisHttpCacheStore store)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new HttpClient(new CachingHandler(Cache(memory, store)) { InnerHandler = new Never(asked) });
        _ = client.GetAsync(Uri);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return client;
    }

    private sealed class Never(TaskCompletionSource asked) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
