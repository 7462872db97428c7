using System.Net;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Settings;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Issues.Extremes;

/// <summary>Each duration and number of the cache's options is refused by name at the start, or no request ever fails of it.</summary>
public sealed class ExtremeSettings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Options => [.. OptionPath.All.Where(o => o.Option.CanWrite && Extremes.ValuesOf(o.Option).Any()).Select(o => o.ToString())];

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Options_AtTheirExtremes_AreRefusedByPathOrHarmless(string path)
    {
        var option = OptionPath.Of(path);
        foreach (var value in Extremes.ValuesOf(option.Option))
        {
            void Configure(HttpCacheOptions options)
            {
                options.HonorRetryAfter = true;
                options.Extensions.CacheQuery = true;
                options.StaleIfError = TimeSpan.FromHours(1);
                options.Stale.FailedValidationPause = TimeSpan.FromSeconds(10);
                option.Set(options, value);
            }

            CacheFixture fixture;
            try
            {
                fixture = new CacheFixture(Configure);
            }
            catch (OptionsValidationException refusal)
            {
                refusal.Message.Should().Contain($"{path} is").And.Contain("set it to");
                if (value.Equals(Timeout.InfiniteTimeSpan))
                {
                    refusal.Message.Should().Contain("InfiniteTimeSpan", "a value of that name is refused by name");
                }

                continue;
            }

            using (fixture)
            {
                var walking = async () => await WalkAsync(fixture).WaitAsync(Patience);
                await walking.Should().NotThrowAsync("{0} = {1} was accepted", path, value);
                fixture.Log.Messages.Where(m => m.Contains("OutOfRange") || m.Contains("Overflow")).Should().BeEmpty();
            }
        }
    }

    [Theory]
    [InlineData(nameof(HttpCacheOptions.SoftTimeout))]
    [InlineData(nameof(HttpCacheOptions.ValidationTimeout))]
    public void Options_ThatWaitAsLongAsItTakes_TakeInfiniteTimeSpan(string name)
    {
        using var fixture = new CacheFixture(o => OptionPath.Of(name).Set(o, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task FailedValidationPause_Endless_EndsWithTheStaleWindow()
    {
        using var fixture = new CacheFixture(o =>
        {
            o.StaleIfError = TimeSpan.FromHours(1);
            o.Stale.FailedValidationPause = TimeSpan.MaxValue;
        });
        fixture.Origin.Then(200, "a", ("Cache-Control", "max-age=60"), ("ETag", "\"1\"")).ThenFails();
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromMinutes(2));

        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.StaleIfError);
        (await fixture.GetAsync()).Cache.Reason.Should().Be(CacheReason.ValidationPaused);
        fixture.Time.Advance(TimeSpan.FromHours(2));
        fixture.Origin.Then(200, "b", ("Cache-Control", "max-age=60"));
        (await fixture.GetAsync()).Body.Should().Be("b");
    }

    /// <summary>Each thing that an option of a duration or a number has a say in.</summary>
    private static async Task WalkAsync(CacheFixture fixture)
    {
        var (origin, time) = (fixture.Origin, fixture.Time);
        (string, string)[] fresh = [("Cache-Control", "max-age=60"), ("ETag", "\"1\"")];

        // Stored, served, failed, paused, validated.
        origin.Then(200, "a", fresh);
        await fixture.GetAsync();
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "a", fresh);
        await fixture.GetAsync();
        time.Advance(TimeSpan.FromMinutes(2));
        origin.Otherwise = _ => ScriptedOrigin.Response(500, "failed");
        await fixture.GetAsync();
        await fixture.GetAsync();
        time.Advance(TimeSpan.FromDays(1));
        origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0 ? ScriptedOrigin.Response(304, null, fresh) : ScriptedOrigin.Response(200, "a", fresh);
        await fixture.GetAsync();

        // Slow, so that every limit of patience is set; two at once, so that they share.
        time.Advance(TimeSpan.FromMinutes(2));
        foreach (var uri in new[] { "http://h/", "http://h/new" })
        {
            var (arrived, gate) = (new TaskCompletionSource(), new TaskCompletionSource<HttpResponseMessage>());
            origin.ThenAsync((_, token) =>
            {
                arrived.TrySetResult();
                return gate.Task.WaitAsync(token);
            });
            var first = fixture.GetAsync(uri);
            await Task.WhenAny(arrived.Task, first);
            var second = fixture.GetAsync(uri);
            gate.TrySetResult(ScriptedOrigin.Response(200, new string('b', 100_000), ("Cache-Control", "no-cache"), ("ETag", "\"2\"")));
            await Task.WhenAll(first, second);
            await fixture.Cache.Controller.Background.WhenIdleAsync();
        }

        // Served stale while it is validated.
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "s", ("Cache-Control", "max-age=1, stale-while-revalidate=600"), ("ETag", "\"1\""));
        await fixture.GetAsync("http://h/swr");
        time.Advance(TimeSpan.FromSeconds(30));
        await fixture.GetAsync("http://h/swr");
        await fixture.Cache.Controller.Background.WhenIdleAsync();

        // No explicit freshness, errors, an endless Retry-After, content of a query, a part, a synchronous request.
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "h", ("Last-Modified", "Mon, 01 Jan 0001 00:00:00 GMT"), ("Date", CacheFixture.Date()));
        await fixture.GetAsync("http://h/heuristic");
        await fixture.GetAsync("http://h/heuristic");
        origin.Otherwise = _ => ScriptedOrigin.Response(404, "n", ("Cache-Control", "max-age=99999999999"));
        await fixture.GetAsync("http://h/none");
        await fixture.GetAsync("http://h/none");
        origin.Otherwise = _ => ScriptedOrigin.Response(503, "w", ("Retry-After", "99999999999"));
        await fixture.GetAsync("http://h/busy");
        await fixture.GetAsync("http://h/busy");
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "q", fresh);
        await fixture.SendAsync(new HttpRequestMessage(new HttpMethod("QUERY"), "http://h/q") { Content = new StringContent("content") });
        using var sync = fixture.Client.Send(new HttpRequestMessage(HttpMethod.Get, "http://h/sync"), HttpCompletionOption.ResponseHeadersRead);
        sync.StatusCode.Should().Be(HttpStatusCode.OK);
        await fixture.SendAsync(CacheFixture.Request("GET", "http://h/own").WithStaleIfError(TimeSpan.MaxValue).WithStaleWhileRevalidate(TimeSpan.MaxValue));
    }
}
