using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>What others let a 304 do: its Content-Length cut stored bodies, its Cache-Control deleted entries, it renewed nothing, or it reached the caller.</summary>
public sealed class FieldsOf304
{
    [Theory]
    [InlineData("Content-Length", "0")]
    [InlineData("Content-Length", "9999")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Content-Encoding", "gzip")]
    public async Task Get_304WithFieldsOfItsOwnBody_LeavesTheStoredBodyWhole(string name, string value)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "hello", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""), ("Content-Length", "5"))
            .Then(_ =>
            {
                var response = ScriptedOrigin.Response(304, null, ("ETag", "\"a\""));
                if (!response.Headers.TryAddWithoutValidation(name, value))
                {
                    response.Content.Headers.TryAddWithoutValidation(name, value);
                }

                return response;
            });
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var validated = await fixture.GetAsync();
        var hit = await fixture.GetAsync();

        (validated.Body, validated["Content-Length"]).Should().Be(("hello", "5"));
        (hit.Body, hit["Content-Length"]).Should().Be(("hello", "5"));
    }

    [Theory]
    [InlineData("max-age=60")]
    [InlineData("no-cache")]
    public async Task Get_304WithCacheControl_RenewsWhatIsStored(string cacheControl)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "hello", ("Cache-Control", "max-age=1"), ("ETag", "\"a\""));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(304, null, ("Cache-Control", cacheControl));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        for (var i = 0; i < 3; i++)
        {
            var seen = await fixture.GetAsync();
            (seen.Status, seen.Body, seen["Cache-Control"]).Should().Be((200, "hello", cacheControl));
        }

        fixture.Origin.Requests.Should().HaveCount(cacheControl == "no-cache" ? 4 : 2);
    }

    [Fact]
    public async Task Get_200ToValidation_LeavesNoOlderResponseBehind()
    {
        using var fixture = new CacheFixture();
        var count = 0;
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, $"{++count}", ("Cache-Control", "max-age=1"), ("ETag", $"\"{count}\""));
        for (var i = 0; i < 5; i++)
        {
            await fixture.GetAsync();
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
        }

        var stored = 0;
        await foreach (var _ in ((IHttpCacheStoreMaintenance)fixture.Store).EnumerateAsync(CancellationToken.None))
        {
            stored++;
        }

        stored.Should().Be(1);
    }
}
