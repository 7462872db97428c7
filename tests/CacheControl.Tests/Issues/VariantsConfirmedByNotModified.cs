using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A 304 to a request that fits no stored variant handed out a coding, language or type that the caller does not accept; and where it was right, the variant
/// was not found by the next such request. A 304 with a smaller Vary let a stored response answer requests that it never fitted.
/// </summary>
public sealed class VariantsConfirmedByNotModified
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("Accept-Encoding", "gzip", null, "Content-Encoding", "gzip")]
    [InlineData("Accept-Encoding", "gzip", "identity", "Content-Encoding", "gzip")]
    [InlineData("Accept-Encoding", "gzip", "gzip;q=0, *", "Content-Encoding", "gzip")]
    [InlineData("Accept-Encoding", "gzip, zstd", "gzip, deflate, br", "Content-Encoding", "zstd")]
    [InlineData("Accept-Encoding", "gzip, br", "gzip", "Content-Encoding", "br, gzip")]
    [InlineData("Accept-Encoding", "gzip", "br, identity;q=0", "X-None", "1")]
    [InlineData("Accept-Language", "de", "fr", "Content-Language", "de")]
    [InlineData("Accept-Language", "de", "de;q=0, *", "Content-Language", "de")]
    [InlineData("Accept", "application/json", "text/html", "Content-Type", "application/json; charset=utf-8")]
    [InlineData("Accept", "application/json", "application/json;q=0, */*", "Content-Type", "application/json")]
    [Trait("Spec", "VAL-4")]
    public async Task Get_VariantThatTheCallerDoesNotAccept_IsNotNominated(string name, string original, string? presented, string kind, string value)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "one", Fresh, ("Vary", name), ("ETag", "\"a\""), (kind, value));
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
            ? ScriptedOrigin.Response(304, null, ("ETag", "\"a\""))
            : ScriptedOrigin.Response(200, "two", Fresh, ("Vary", name), ("ETag", "\"a\""));
        await fixture.GetAsync("http://h/", (name, original));

        var seen = presented is null ? await fixture.GetAsync() : await fixture.GetAsync("http://h/", (name, presented));

        seen.Body.Should().Be("two");
        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull();
    }

    [Theory]
    [InlineData("Accept-Encoding", "gzip", "x-gzip, br", "Content-Encoding", "gzip")]
    [InlineData("Accept-Encoding", "gzip", "*", "Content-Encoding", "gzip")]
    [InlineData("Accept-Encoding", "gzip", null, "X-None", "1")]
    [InlineData("Accept-Encoding", "gzip", "br", "Content-Encoding", "identity")]
    [InlineData("Accept-Language", "de", "de-AT, en;q=0.5", "Content-Language", "de")]
    [InlineData("Accept-Language", "de", "DE-ch", "Content-Language", "de-CH")]
    [InlineData("Accept-Language", "de", null, "Content-Language", "de")]
    [InlineData("Accept-Language", "de", "fr, *;q=0.1", "Content-Language", "de")]
    [InlineData("Accept", "application/json", "text/html, */*;q=0.1", "Content-Type", "application/json")]
    [InlineData("Accept", "application/json", "application/*", "Content-Type", "application/json; charset=utf-8")]
    [InlineData("X-Any", "1", "2", "Content-Encoding", "identity")]
    [Trait("Spec", "VLD-10")]
    public async Task Get_SecondRequestAfterA304ForAnotherSelection_IsAHit(string name, string original, string? presented, string kind, string value)
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", Fresh, ("Vary", name), ("ETag", "\"a\""), (kind, value))
            .Then(304, null, ("ETag", "\"a\""));
        await fixture.GetAsync("http://h/", (name, original));
        (string, string)[] fields = presented is null ? [] : [(name, presented)];

        (await fixture.GetAsync("http://h/", fields)).Body.Should().Be("one");
        (await fixture.GetAsync("http://h/", fields)).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/", (name, original))).Cache.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("tiered")]
    [Trait("Spec", "VLD-10")]
    public async Task Get_ManySelectionsOfOneVariant_AreHitsInEveryStoreUpToABound(string kind)
    {
        var root = Directory.CreateTempSubdirectory("cachecontrol-variants-").FullName;
        IHttpCacheStore store = kind switch
        {
            "file" => new FileHttpCacheStore(root),
            "tiered" => new TieredHttpCacheStore(new MemoryHttpCacheStore(), new FileHttpCacheStore(root)),
            _ => new MemoryHttpCacheStore(),
        };
        using (var fixture = new CacheFixture(store: store))
        {
            fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
                ? ScriptedOrigin.Response(304, null, ("ETag", "\"a\""))
                : ScriptedOrigin.Response(200, "one", Fresh, ("Vary", "Accept-Language"), ("ETag", "\"a\""), ("Content-Language", "de"));
            for (var i = 0; i < 3; i++)
            {
                for (var quality = 1; quality <= 9; quality++)
                {
                    (await fixture.GetAsync("http://h/", ("Accept-Language", $"de;q=0.{quality}"))).Body.Should().Be("one");
                }
            }

            fixture.Origin.Requests.Should().HaveCount(9);
            for (var quality = 100; quality <= 300; quality++)
            {
                await fixture.GetAsync("http://h/", ("Accept-Language", $"de;q=0.{quality}"));
            }

            (await fixture.GetAsync("http://h/", ("Accept-Language", "de;q=0.3"))).Body.Should().Be("one");
            await foreach (var stored in ((IHttpCacheStoreMaintenance)store).EnumerateAsync(CancellationToken.None))
            {
                HeadBytes(stored).Should().BeLessThan(4096, "the selections of one response are bounded");
            }
        }

        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData("GET", "Accept-Encoding")]
    [InlineData("GET", "")]
    [InlineData("HEAD", "Accept-Encoding")]
    [InlineData("background", "Accept-Encoding")]
    [Trait("Spec", "VLD-10")]
    public async Task Get_AfterAnUpdateWithASmallerVary_AnotherSelectionIsNotAHit(string way, string vary)
    {
        using var fixture = new CacheFixture();
        (string, string)[] first = [("Accept-Encoding", "gzip"), ("Accept", "text/html")];
        (string, string)[] second = [("Accept-Encoding", "gzip"), ("Accept", "application/json")];
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0 || request.Method == HttpMethod.Head
            ? ScriptedOrigin.Response(request.Method == HttpMethod.Head ? 200 : 304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Vary", vary))
            : ScriptedOrigin.Response(
                200, request.Headers.Accept.ToString(), ("Cache-Control", "max-age=5, stale-while-revalidate=60"), ("ETag", "\"a\""), ("Vary", "Accept-Encoding, Accept"), ("Content-Type", "text/html"));
        await fixture.GetAsync("http://h/", first);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));

        if (way == "background")
        {
            (await fixture.GetAsync("http://h/", first)).Cache.Hit.Should().BeTrue();
            await fixture.Cache.Controller.Background.WhenIdleAsync();
            fixture.Origin.Requests.Should().HaveCount(2);
        }
        else
        {
            (string, string)[] noCache = [.. first, ("Cache-Control", "no-cache")];
            await fixture.SendAsync(CacheFixture.Request(way, "http://h/", noCache));
        }

        (await fixture.GetAsync("http://h/", second)).Body.Should().Be("application/json");
        (await fixture.GetAsync("http://h/", first)).Body.Should().Be("text/html");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_AnotherSelectionAfterA304WithASmallerVary_IsFiledUnderAllNames()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", Fresh, ("ETag", "\"a\""), ("Vary", "A, B"))
            .Then(304, null, ("ETag", "\"a\""), ("Vary", "A"))
            .Then(200, "two", Fresh, ("ETag", "\"b\""), ("Vary", "A, B"));
        await fixture.GetAsync("http://h/", ("A", "1"), ("B", "1"));
        await fixture.GetAsync("http://h/", ("A", "2"), ("B", "2"));

        (await fixture.GetAsync("http://h/", ("A", "2"), ("B", "2"))).Cache.Hit.Should().BeTrue();
        (await fixture.GetAsync("http://h/", ("A", "2"), ("B", "3"))).Body.Should().Be("two");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_NewResponseForASelectionThatA304HadAdded_TakesItOver()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "one", Fresh, ("ETag", "\"a\""), ("Vary", "A"))
            .Then(304, null, ("ETag", "\"a\""))
            .Then(200, "two", Fresh, ("ETag", "\"b\""), ("Vary", "A"));
        await fixture.GetAsync("http://h/", ("A", "1"));
        await fixture.GetAsync("http://h/", ("A", "2"));

        (await fixture.GetAsync("http://h/", ("A", "2"), ("Cache-Control", "no-cache"))).Body.Should().Be("two");
        (await fixture.GetAsync("http://h/", ("A", "2"))).Body.Should().Be("two");
    }

    [Fact]
    [Trait("Spec", "VLD-10")]
    public async Task Get_TenOfAnotherSelectionAtOnce_AreOneConditionalRequest()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.Get(fields: ("Accept-Language", "de"));
        (await fixture.Origin.NextAsync()).Answer(200, "one", CollapseFixture.Fresh, CollapseFixture.Tag, ("Vary", "Accept-Language"), ("Content-Language", "de"));
        await (await first).Content.ReadAsStringAsync();

        var all = fixture.GetMany(10, ("Accept-Language", "de-AT"));
        (await fixture.Origin.NextAsync()).Answer(304, null, CollapseFixture.Tag);

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("one");
        fixture.Origin.Count.Should().Be(2);
    }

    private static int HeadBytes(ListedResponse stored)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(bytes, stored.Key, stored.Head);
        return bytes.WrittenCount;
    }
}
