using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>A wall clock that was ahead for a moment made every later response look old, until the process began again.</summary>
public sealed class WallClockAheadForAMoment : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TwoClocks _time = new();
    private readonly ScriptedOrigin _origin = new();
    private readonly HttpCache _cache;
    private readonly HttpClient _client;

    public WallClockAheadForAMoment()
    {
        _cache = new HttpCache(new MemoryHttpCacheStore(), new HttpCacheOptions { HonorRetryAfter = true }, _time);
        _client = new HttpClient(new CachingHandler(_cache) { InnerHandler = _origin });
    }

    public void Dispose()
    {
        _client.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AGE-6")]
    public async Task Get_AfterTheClockIsRightAgain_CostsOneValidation(bool isStoredBefore)
    {
        _origin.Otherwise = request => ScriptedOrigin.Response(
            request.Headers.IfNoneMatch.Count > 0 ? 304 : 200, "x", ("Cache-Control", "max-age=600"), ("ETag", "\"a\""), ("Date", CacheFixture.Date()));
        if (isStoredBefore)
        {
            await GetAsync();
        }

        _time.SetWall(Day);
        await GetAsync();
        _time.SetWall(-Day);
        await GetAsync();
        var asked = _origin.Requests.Count;

        (await GetAsync()).IsHit.Should().BeTrue();
        (await GetAsync("http://h/other")).IsHit.Should().BeFalse();
        (await GetAsync("http://h/other")).IsHit.Should().BeTrue();
        _origin.Requests.Should().HaveCount(asked + 1);
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public async Task Pause_ThatBeganWhileTheClockWasAhead_EndsAfterItsLength()
    {
        _time.SetWall(Day);
        _origin.Then(503, "later", ("Retry-After", "30"));
        await GetAsync();
        _time.SetWall(-Day);

        _time.Pass(TimeSpan.FromSeconds(29));
        (await GetAsync()).Status.Should().Be(503);
        _origin.Requests.Should().HaveCount(1);
        _time.Pass(TimeSpan.FromSeconds(1));
        _origin.Then(200, "now");
        (await GetAsync()).Body.Should().Be("now");
    }

    [Fact]
    [Trait("Spec", "STL-12")]
    public async Task Refresh_ThatFailedWhileTheClockWasAhead_IsTriedAgainAfterItsRest()
    {
        _time.SetWall(Day);
        _origin.Then(200, "x", ("Cache-Control", "max-age=1, stale-while-revalidate=1000000"), ("ETag", "\"a\""));
        _origin.Otherwise = _ => ScriptedOrigin.Response(403, "no");
        await GetAsync();
        _time.Pass(TimeSpan.FromSeconds(2));
        await GetAsync();
        await _cache.Controller.Background.WhenIdleAsync();
        _origin.Requests.Should().HaveCount(2);

        // Back by less than the response is old, so that it is not from the future.
        _time.SetWall(TimeSpan.FromSeconds(-1));
        _time.Pass(TimeSpan.FromSeconds(5));
        await GetAsync();
        await _cache.Controller.Background.WhenIdleAsync();

        _origin.Requests.Should().HaveCount(3);
    }

    private async Task<(int Status, string Body, bool IsHit)> GetAsync(string uri = "http://h/")
    {
        using var response = await _client.GetAsync(uri);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.GetCacheStatus()!.Hit);
    }
}
