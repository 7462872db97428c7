using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>
/// Processes that share a store and send one request for all: where another of them or the engine between them hangs, a request ends with its own caller, and otherwise
/// is answered when the limit has passed. The clock of that limit stands still except where a test moves it.
/// </summary>
[Trait("Spec", "CON-10")]
public sealed class NodesThatHang : IDisposable
{
    private const string Uri = "http://h/";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FlightHub _hub = new();
    private readonly MemoryHttpCacheStore _store = new();
    private readonly FakeTimeProvider _time = new(CacheFixture.Start);

    public NodesThatHang() => _hub.Time = _time;

    public static TheoryData<FlightCall, WayOfCalling> CasesOfWaiting()
    {
        var data = new TheoryData<FlightCall, WayOfCalling>();
        foreach (var call in new[] { FlightCall.Leader, FlightCall.Enter, FlightCall.Wait })
        {
            foreach (var way in Enum.GetValues<WayOfCalling>())
            {
                data.Add(call, way);
            }
        }

        return data;
    }

    public static TheoryData<FlightCall, WayOfCalling> Cases()
    {
        var data = new TheoryData<FlightCall, WayOfCalling>();
        foreach (var call in Enum.GetValues<FlightCall>())
        {
            data.Add(call, WayOfCalling.AsyncToken);
            data.Add(call, WayOfCalling.BlockingToken);
        }

        return data;
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(CasesOfWaiting))]
    public async Task Request_AnotherNodeOrTheEngineHangs_EndsWithItsCaller(FlightCall call, WayOfCalling way)
    {
        var flights = new HangingFlights(_hub, call);
        using var leader = Leader(call);
        using var cache = Cache(flights);
        using var handler = new CachingHandler(cache) { InnerHandler = Answering() };
        using var request = new RequestUnderWay(way);

        await request.ShouldEndAsync(request.SendAsync(handler, Get()), flights.WhenCalled);
        flights.GoOn();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Request_AnotherNodeOrTheEngineHangs_IsAnsweredByTheOriginAtTheLimit(FlightCall call, WayOfCalling way)
    {
        var flights = new HangingFlights(_hub, call);
        using var leader = Leader(call);
        using var cache = Cache(flights);
        using var handler = new CachingHandler(cache) { InnerHandler = Answering() };
        using var request = new RequestUnderWay(way);
        var sending = request.SendAsync(handler, Get());
        if (call is FlightCall.End or FlightCall.Leave)
        {
            (await sending.WaitAsync(Patience)).Should().Be("x", "nobody waits for that");
            flights.GoOn();
            return;
        }

        await flights.WhenCalled;
        while (!sending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await sending.WaitAsync(Patience)).Should().Be("x");
        flights.GoOn();
    }

    private static ScriptedOrigin Answering() => new() { Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60")) };

    private static HttpRequestMessage Get() => CacheFixture.Request("GET", Uri);

    private HttpCache Cache(IHttpCacheFlights flights) => new(_store, new HttpCacheOptions { Collapsing = { Flights = flights } }, _time);

    /// <summary>A node that leads and whose origin never answers, where one is needed.</summary>
    private CollapseFixture? Leader(FlightCall call)
    {
        if (call is not (FlightCall.Leader or FlightCall.Wait))
        {
            return null;
        }

        var leader = new CollapseFixture(o => o.Collapsing.Flights = _hub, _store);
        _ = leader.Get(Uri);
        _hub.Leads.Should().Be(1);
        return leader;
    }
}
