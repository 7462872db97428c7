using HttpCaching.Control;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>The tools of <see cref="IHttpCache"/> beside the traffic of a client.</summary>
public sealed class LooksInside
{
    [Fact]
    [Trait("Spec", "LOOK-1")]
    public async Task List_FreshResponse_HasItsAgeAndBecomesStale()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/a");
        fixture.Time.Advance(TimeSpan.FromSeconds(59));

        var seen = (await fixture.Cache.ListAsync().ToListAsync()).Should().ContainSingle().Which;
        (seen.Age, seen.IsFresh, seen.FreshnessSource).Should().Be((TimeSpan.FromSeconds(59), true, FreshnessSource.MaxAge));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        (await fixture.Cache.FindAsync(new Uri("http://h/a")))[0].IsFresh.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "LOOK-1")]
    public async Task List_ResponsesOfTwoUsers_HaveLabelsThatRevealNoCredential()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", "X-Secret"));
        await fixture.GetAsync("http://h/a", ("Authorization", "Bearer one"), ("X-Secret", "hidden"));
        await fixture.GetAsync("http://h/b", ("Authorization", "Bearer one"));
        await fixture.GetAsync("http://h/a", ("Authorization", "Bearer two"));

        var seen = await fixture.Cache.ListAsync().ToListAsync();

        seen.Should().HaveCount(3).And.OnlyContain(r => r.VariesBy.SequenceEqual(new[] { "X-Secret" }));
        seen.Select(r => r.Partition).Distinct().Should().HaveCount(2).And.OnlyContain(label => label!.Length == 12);
    }

    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Remove_ResponseOnItsWay_IsNotStored(bool byPrefix, bool marks)
    {
        using var fixture = new CacheFixture();
        var gate = new TaskCompletionSource();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        fixture.Origin.ThenAsync(async (_, _) =>
        {
            await gate.Task;
            return ScriptedOrigin.Response(200, "old", ("Cache-Control", "max-age=60"));
        });
        var first = fixture.GetAsync("http://h/a");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var filter = byPrefix ? new CachedResponseFilter { UriPrefix = "http://h/" } : new CachedResponseFilter { Where = r => r.StatusCode == 200 };
        _ = marks ? await fixture.Cache.MarkStaleAsync(filter) : await fixture.Cache.RemoveAsync(filter);
        gate.SetResult();
        await first;

        (await fixture.Cache.ListAsync().ToListAsync()).Should().BeEmpty();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.GetAsync("http://h/a");
        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeTrue("a removal refuses nothing that was asked for after it");
    }

    [Fact]
    [Trait("Spec", "LOOK-2")]
    public async Task Remove_ResponseOnItsWayThatIsNotSelected_IsStored()
    {
        using var fixture = new CacheFixture();
        var gate = new TaskCompletionSource();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        fixture.Origin.ThenAsync(async (_, _) =>
        {
            await gate.Task;
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        });
        var first = fixture.GetAsync("http://h/a");
        await fixture.Cache.RemoveAsync(new CachedResponseFilter { Where = r => r.StatusCode == 404 });
        gate.SetResult();
        await first;

        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeTrue();
    }

    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_WhatIsAskedForAfterItInTheSameMoment_IsStored(bool marks)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => request.Headers.IfNoneMatch.Count > 0
            ? ScriptedOrigin.Response(304, null, ("Cache-Control", "max-age=60"), ("ETag", "\"1\""))
            : ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""));
        await fixture.GetAsync("http://h/a");
        var filter = new CachedResponseFilter { Where = _ => true };
        _ = marks ? await fixture.Cache.MarkStaleAsync(filter) : await fixture.Cache.RemoveAsync(filter);

        (await fixture.GetAsync("http://h/a")).Cache.Stored.Should().BeTrue("the clock has not moved, and the origin was asked after the change");
        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "LOOK-2")]
    public async Task Remove_ResponseOnItsWayToAnotherCacheOfTheStore_IsNotStored()
    {
        using var store = new MemoryHttpCacheStore();
        using var fixture = new CacheFixture(store: store);
        using var other = new CacheFixture(store: new TieredHttpCacheStore(new MemoryHttpCacheStore(), store));
        var gate = new TaskCompletionSource();
        other.Origin.ThenAsync(async (_, _) =>
        {
            await gate.Task;
            return ScriptedOrigin.Response(200, "old", ("Cache-Control", "max-age=60"));
        });
        var first = other.GetAsync("http://h/a");
        await fixture.Cache.RemoveAsync(new CachedResponseFilter { Where = _ => true });
        gate.SetResult();

        (await first).Cache.NotStored.Should().Be(NotStoredReason.LostToAnotherWriter);
    }

    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData("filter")]
    [InlineData("prefix")]
    [InlineData("uri")]
    [InlineData("clear")]
    [InlineData("unsafe request")]
    public async Task Change_OfAStoreByAnotherCache_EndsTheFlights(string change)
    {
        using var store = new MemoryHttpCacheStore();
        using var fixture = new CacheFixture(store: store);
        using var other = new CacheFixture(store: new TieredHttpCacheStore(new MemoryHttpCacheStore(), store));
        other.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "ok");
        var gate = new TaskCompletionSource();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "new", ("Cache-Control", "max-age=60"));
        fixture.Origin.ThenAsync(async (_, _) =>
        {
            await gate.Task;
            return ScriptedOrigin.Response(200, "old", ("Cache-Control", "max-age=60"));
        });
        var first = fixture.GetAsync("http://h/a");
        await (change switch
        {
            "filter" => other.Cache.RemoveAsync(new CachedResponseFilter { Where = _ => true }),
            "prefix" => other.Cache.RemoveByPrefixAsync("http://h/"),
            "uri" => other.Cache.InvalidateAsync(new Uri("http://h/a")),
            "clear" => other.Cache.ClearAsync(),
            _ => (Task)other.SendAsync("DELETE", "http://h/a"),
        });
        var second = fixture.GetAsync("http://h/a");
        gate.SetResult();

        (await first).Body.Should().Be("old");
        (await second).Body.Should().Be("new", "the origin was asked for the first before the change");
    }

    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData("name")]
    [InlineData("No-Vary-Search")]
    public async Task UnsafeRequest_ToAnotherCacheOfTheStore_InvalidatesWhatIsStoredUnderOtherNames(string other)
    {
        using var store = new MemoryHttpCacheStore();
        using var fixture = new CacheFixture(options => options.Extensions.NoVarySearch = true, store: store);
        using var changing = new CacheFixture(store: store);
        changing.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "ok");
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("No-Vary-Search", "params=(\"v\")"));
        var isNamed = other == "name";
        HttpRequestMessage Get() => isNamed ? CacheFixture.Request("GET", "http://h/a").WithCacheKey("one") : CacheFixture.Request("GET", "http://h/a?v=1");
        await fixture.SendAsync(Get());
        (await fixture.SendAsync(Get())).Cache.Hit.Should().BeTrue();

        await changing.SendAsync("DELETE", isNamed ? "http://h/a" : "http://h/a?v=2");

        (await fixture.SendAsync(Get())).Cache.Hit.Should().BeFalse();
    }

    [Theory]
    [Trait("Spec", "LOOK-1")]
    [InlineData("uri")]
    [InlineData("request")]
    [InlineData("explain")]
    public async Task Tool_CancelledBefore_Throws(string tool)
    {
        using var fixture = new CacheFixture();
        var cancelled = new CancellationToken(canceled: true);
        var act = () => tool switch
        {
            "uri" => fixture.Cache.FindAsync(new Uri("http://h/a"), cancelled),
            "request" => fixture.Cache.FindAsync(CacheFixture.Request("GET", "http://h/a"), cancelled),
            _ => (Task)fixture.Cache.ExplainAsync(CacheFixture.Request("GET", "http://h/a"), cancelled),
        };

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    [Trait("Spec", "LOOK-3")]
    public async Task MarkStale_FreshResponse_IsValidatedAndServedIfTheOriginFails()
    {
        using var fixture = new CacheFixture(o => o.StaleIfError = TimeSpan.FromHours(1));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"1\""));
        await fixture.GetAsync("http://h/a");
        await fixture.Cache.MarkStaleAsync(new CachedResponseFilter { Origin = new Uri("http://h/") });

        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(503, "away");
        (await fixture.GetAsync("http://h/a")).Body.Should().Be("x");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Origin.Otherwise = r => ScriptedOrigin.Response(r.Headers.IfNoneMatch.Count > 0 ? 304 : 200, string.Empty, ("ETag", "\"1\""), ("Cache-Control", "max-age=60"));
        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeFalse();

        (await fixture.GetAsync("http://h/a")).Cache.Hit.Should().BeTrue("the validation has taken the mark away");
    }

    [Fact]
    [Trait("Spec", "LOOK-1")]
    public async Task List_RemovalThatTheStoreOwes_IsNotListed()
    {
        var store = new AwayStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync("http://h/a");
        await fixture.GetAsync("http://h/b");
        var body = (await fixture.Cache.FindAsync(new Uri("http://h/a")))[0];
        store.GoAway("fails");
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/a"));

        (await fixture.Cache.ListAsync().ToListAsync()).Select(r => r.Uri.AbsolutePath).Should().Equal("/b");
        (await body.OpenBodyAsync()).Should().BeNull();
    }
}
