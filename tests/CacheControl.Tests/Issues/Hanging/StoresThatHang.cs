using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>
/// Stores that hang, on each call, for each way of calling: a request ends with its own caller, and otherwise is answered when the store's limit has passed. The clock of that
/// limit stands still except where a test moves it.
/// </summary>
[Trait("Spec", "CON-10")]
public sealed class StoresThatHang : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MemoryHttpCacheStore _memory = new();
    private readonly HangingStore _store;
    private readonly ScriptedOrigin _origin = new();
    private readonly FakeTimeProvider _time = new(CacheFixture.Start);

    public StoresThatHang() => _store = new HangingStore(_memory);

    public static TheoryData<StoreCall, WayOfCalling, bool> Cases()
    {
        var data = new TheoryData<StoreCall, WayOfCalling, bool>();
        foreach (var call in Enum.GetValues<StoreCall>().Where(c => c != StoreCall.Remove))
        {
            foreach (var way in new[] { WayOfCalling.AsyncToken, WayOfCalling.BlockingToken })
            {
                data.Add(call, way, true);
                data.Add(call, way, false);
            }
        }

        return data;
    }

    public void Dispose()
    {
        _store.GoOn();
        _origin.Dispose();
        _memory.Dispose();
    }

    /// <summary>The calls that the caller's leaving takes nothing from; the others, which remove and refresh, are limited by the store's limit alone.</summary>
    public static TheoryData<StoreCall, WayOfCalling, bool> CasesOfReading()
    {
        var data = new TheoryData<StoreCall, WayOfCalling, bool>();
        foreach (var call in new[] { StoreCall.Read, StoreCall.OpenBody, StoreCall.ReadBody, StoreCall.BeginWrite })
        {
            foreach (var way in Enum.GetValues<WayOfCalling>())
            {
                data.Add(call, way, true);
                data.Add(call, way, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(CasesOfReading))]
    public async Task Request_StoreHangs_EndsWithItsCaller(StoreCall call, WayOfCalling way, bool collapses)
    {
        using var cache = new HttpCache(_store, new HttpCacheOptions { CollapseRequests = collapses }, _time);
        using var handler = await HandlerAsync(call, cache);
        using var request = new RequestUnderWay(way);

        await request.ShouldEndAsync(request.SendAsync(handler, Request(call)), _store.WhenCalled);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Request_StoreHangs_IsAnsweredAtTheLimit(StoreCall call, WayOfCalling way, bool collapses)
    {
        using var cache = new HttpCache(_store, new HttpCacheOptions { CollapseRequests = collapses }, _time);
        using var handler = await HandlerAsync(call, cache);
        using var request = new RequestUnderWay(way);
        var sending = request.SendAsync(handler, Request(call));
        await _store.WhenCalled;

        // The store is called before the wait for it begins.
        while (!sending.IsCompleted)
        {
            _time.Advance(new HttpCacheOptions().Store.Timeout);
            await Task.Yield();
        }

        if (call == StoreCall.ReadBody)
        {
            await sending.WaitAsync(Patience).Invoking(s => s).Should().ThrowAsync<HttpRequestException>("its head has been given");
        }
        else
        {
            (await sending.WaitAsync(Patience)).Should().Be("x");
        }
    }

    private static HttpRequestMessage Request(StoreCall call) =>
        CacheFixture.Request(call == StoreCall.Invalidate ? "POST" : "GET", "http://h/", call == StoreCall.ReplaceHead ? [("Cache-Control", "no-cache")] : []);

    private async Task<CachingHandler> HandlerAsync(StoreCall call, HttpCache cache)
    {
        var handler = new CachingHandler(cache) { InnerHandler = _origin };
        _origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
            ? ScriptedOrigin.Response(304, "", ("ETag", "\"1\""), ("Cache-Control", "max-age=60"))
            : ScriptedOrigin.Response(200, "x", ("ETag", "\"1\""), ("Cache-Control", "max-age=60"));
        if (call is StoreCall.OpenBody or StoreCall.ReadBody or StoreCall.ReplaceHead)
        {
            using var client = new HttpClient(handler, disposeHandler: false);
            (await client.GetStringAsync("http://h/")).Should().Be("x");
        }

        _store.Hang(call);
        return handler;
    }
}
