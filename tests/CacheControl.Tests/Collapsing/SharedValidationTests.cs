using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>Validations that are shared, and what concurrent writers leave behind.</summary>
public sealed class SharedValidationTests
{
    [Fact]
    [Trait("Spec", "CON-7")]
    public async Task Get_TwentyStale_AreOneConditionalRequest()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var all = fixture.GetMany(20);
        var validation = await fixture.Origin.NextAsync();
        validation.Answer(304, null, CollapseFixture.Fresh, CollapseFixture.Tag, ("X-New", "1"));

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("old");
        validation.Seen["If-None-Match"].Should().Be("\"a\"");
        fixture.Origin.Count.Should().Be(2);
        var follower = await all[7];
        follower.Headers.GetValues("X-New").Should().Equal("1");
        follower.GetCacheStatus().Should().BeEquivalentTo(
            new { Collapsed = true, ForwardStatus = 304, Forward = ForwardReason.Stale, Reason = CacheReason.Validated, Stored = false });
    }

    [Fact]
    [Trait("Spec", "CON-7")]
    public async Task Get_TwentyStaleThatHaveChanged_AreOneConditionalRequest()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", CollapseFixture.Fresh, CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var all = fixture.GetMany(20);
        (await fixture.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh, ("ETag", "\"b\""));

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("new");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-7")]
    public async Task Get_ValidatedButWithoutLifetime_IsSharedByThoseWhoWaited()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", ("Cache-Control", "max-age=0, must-revalidate"), CollapseFixture.Tag);

        var all = fixture.GetMany(5);
        (await fixture.Origin.NextAsync()).Answer(304, null, ("Cache-Control", "max-age=0, must-revalidate"), CollapseFixture.Tag);

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("old");
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-7")]
    public async Task Get_ResponseThatSaysNoCache_IsValidatedByEach()
    {
        using var fixture = new CollapseFixture();
        await fixture.StoreAsync("old", ("Cache-Control", "no-cache"), CollapseFixture.Tag);
        fixture.Time.Advance(TimeSpan.FromMinutes(1));

        var all = fixture.GetMany(3);
        for (var i = 0; i < 3; i++)
        {
            (await fixture.Origin.NextAsync()).Answer(304, null, ("Cache-Control", "no-cache"), CollapseFixture.Tag);
        }

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("old");
    }

    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Store_TwoWritersAtOnce_KeepsTheNewestDate()
    {
        using var fixture = new CollapseFixture();

        var slow = fixture.Get();
        var quick = fixture.Get(fields: ("Cache-Control", "no-cache"));
        var older = (await fixture.Origin.NextAsync()).AnswerSlowly(3, CollapseFixture.Fresh, ("Date", CacheFixture.Date()));
        (await fixture.Origin.NextAsync()).Answer(200, "new", CollapseFixture.Fresh, ("Date", CacheFixture.Date(10)));
        (await CollapseFixture.BodiesOf([quick])).Should().Equal("new");
        older.Send("old"u8.ToArray()).End();
        (await CollapseFixture.BodiesOf([slow])).Should().Equal("old");

        var hit = await fixture.Get();
        hit.GetCacheStatus()!.Hit.Should().BeTrue();
        (await hit.Content.ReadAsStringAsync()).Should().Be("new");
    }

    [Fact]
    [Trait("Spec", "CON-9")]
    public async Task Get_StoreHangsOnAnotherKey_IsServed()
    {
        using var store = new HangingStore(new MemoryHttpCacheStore(), "http://h/stuck");
        using var fixture = new CollapseFixture(store: store);

        var stuck = fixture.Get("http://h/stuck");
        var waiting = fixture.Get("http://h/stuck");
        (await fixture.Origin.NextAsync()).Answer(200, "never", CollapseFixture.Fresh);
        await store.Hanging;
        var others = new[] { fixture.Get("http://h/free"), fixture.Get("http://h/free") };
        (await fixture.Origin.NextAsync()).Answer(200, "hello", CollapseFixture.Fresh);

        (await CollapseFixture.BodiesOf(others)).Should().AllBe("hello");
        stuck.IsCompleted.Should().BeFalse();
        waiting.IsCompleted.Should().BeFalse();
        store.LetGo();
        (await CollapseFixture.BodiesOf([stuck, waiting])).Should().AllBe("never");
    }

}
