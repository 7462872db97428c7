using System.Security.Cryptography;

namespace HttpCaching.Tests.Collapsing;

/// <summary>Bodies that several callers read while they arrive.</summary>
public sealed class SharedBodyTests
{
    /// <summary>Where the bytes are kept: in the store's own writer, beside it because the response is too large for it, and in files alone.</summary>
    public static TheoryData<string> Places => ["store", "memory", "file"];

    [Theory]
    [MemberData(nameof(Places))]
    [Trait("Spec", "CON-6")]
    public async Task Read_OneReaderPauses_TheOthersFinish(string place)
    {
        using var fixture = Keeping(place);
        var body = CollapseFixture.Bytes(400_000);

        var all = fixture.GetMany(10);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(null, CollapseFixture.Fresh);
        content.Send(body).End();
        var paused = await (await all[0]).Content.ReadAsStreamAsync();
        await paused.ReadExactlyAsync(new byte[10]);
        var others = await Task.WhenAll(all[1..].Select(async r => await (await r).Content.ReadAsByteArrayAsync())).WaitAsync(TimeSpan.FromSeconds(60));

        others.Should().AllSatisfy(o => SHA256.HashData(o).Should().Equal(SHA256.HashData(body)));
        var rest = new MemoryStream();
        await paused.CopyToAsync(rest);
        rest.ToArray().Should().Equal(body[10..]);
        fixture.Origin.Count.Should().Be(1);
        fixture.Cache.Controller.Flights.Spools.Budget.Used.Should().Be(0, "all have left");
    }

    [Theory]
    [MemberData(nameof(Places))]
    [Trait("Spec", "CON-6")]
    public async Task Read_AllTogetherInOddPieces_EachGetsTheWholeBody(string place)
    {
        using var fixture = Keeping(place);
        var body = CollapseFixture.Bytes(300_000);

        var all = fixture.GetMany(8);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(null, CollapseFixture.Fresh);
        var readers = all.Select(async (response, i) =>
        {
            var stream = await (await response).Content.ReadAsStreamAsync();
            using var patience = new CancellationTokenSource();
            var seen = new MemoryStream();
            var buffer = new byte[137 + (i * 1999)];
            while (await stream.ReadAsync(buffer, i % 2 == 0 ? patience.Token : CancellationToken.None) is > 0 and var count)
            {
                seen.Write(buffer, 0, count);
            }

            return seen.ToArray();
        }).ToArray();
        for (var offset = 0; offset < body.Length; offset += 7000)
        {
            content.Send(body[offset..Math.Min(body.Length, offset + 7000)]);
        }

        content.End();

        (await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60))).Should().AllSatisfy(r => r.AsSpan().SequenceEqual(body).Should().BeTrue());
        fixture.Cache.Controller.Flights.Spools.Budget.Used.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Get_InTheMiddleOfTheBody_GetsTheWholeBody()
    {
        using var fixture = new CollapseFixture();
        var body = CollapseFixture.Bytes(200_000);

        var first = fixture.Get();
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(body.Length, CollapseFixture.Fresh);
        content.Send(body[..150_000]);
        var stream = await (await first).Content.ReadAsStreamAsync();
        var seen = new byte[body.Length];
        await stream.ReadExactlyAsync(seen.AsMemory(0, 120_000));

        using var late = await fixture.Get();
        late.GetCacheStatus()!.Collapsed.Should().BeTrue();
        late.Content.Headers.ContentLength.Should().Be(body.Length);
        var whole = late.Content.ReadAsByteArrayAsync();
        content.Send(body[150_000..]).End();

        (await whole).Should().Equal(body);
        await stream.ReadExactlyAsync(seen.AsMemory(120_000));
        seen.Should().Equal(body);
        fixture.Origin.Count.Should().Be(1);
        (await fixture.Get()).GetCacheStatus()!.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Get_AfterTheStoreHasRefusedTheBody_AsksTheOriginItself()
    {
        using var fixture = Keeping("memory");

        var first = fixture.Get();
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(null, CollapseFixture.Fresh);
        content.Send(CollapseFixture.Bytes(90_000));
        var stream = await (await first).Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[90_000]);
        _ = fixture.Get();

        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Get_ABodyThatStandsStill_IsNotJoined()
    {
        using var fixture = new CollapseFixture();

        var first = fixture.Get();
        (await fixture.Origin.NextAsync()).AnswerSlowly(10, CollapseFixture.Fresh).Send([1]);
        await first;
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        _ = fixture.Get();

        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Get_NoRoomInTheSpools_AsksTheOriginItself()
    {
        using var fixture = Keeping("memory", o => o.Limits.MaximumSpooledBytes = 0);

        var all = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).AnswerSlowly(100_000, CollapseFixture.Fresh);
        await fixture.Origin.NextAsync();

        (await all[0]).GetCacheStatus()!.Stored.Should().BeFalse();
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Read_BodyThatFailsMidway_EveryReaderFails()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(5);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(100, CollapseFixture.Fresh);
        content.Send(new byte[50]).Fail(new HttpIOException(HttpRequestError.ResponseEnded, "cut"));

        foreach (var task in all)
        {
            var stream = await (await task).Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[50]);
            (await stream.Invoking(s => s.ReadExactlyAsync(new byte[1]).AsTask()).Should().ThrowAsync<HttpIOException>())
                .Which.HttpRequestError.Should().Be(HttpRequestError.ResponseEnded);
        }

        fixture.Origin.Count.Should().Be(1);
        _ = fixture.Get();
        fixture.Origin.Count.Should().Be(2, "nothing was stored");
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Read_BodyShorterThanDeclared_IsNoEndForThoseWhoReadAlong()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).AnswerSlowly(100, CollapseFixture.Fresh).Send(new byte[50]).End();

        (await (await all[0]).Content.ReadAsStreamAsync()).Invoking(s => s.CopyTo(Stream.Null)).Should().NotThrow("this is what it would see without a cache");
        (await (await all[1]).Content.ReadAsStreamAsync()).Invoking(s => s.CopyTo(Stream.Null)).Should().Throw<HttpIOException>();
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public async Task Read_AfterDispose_Throws()
    {
        using var fixture = new CollapseFixture();

        var all = fixture.GetMany(2);
        (await fixture.Origin.NextAsync()).AnswerSlowly(3, CollapseFixture.Fresh).Send(new byte[3]).End();
        var response = await all[1];
        var stream = await response.Content.ReadAsStreamAsync();
        response.Dispose();

        stream.Invoking(s => s.Read(new byte[1])).Should().Throw<ObjectDisposedException>();
        (await (await all[0]).Content.ReadAsByteArrayAsync()).Should().HaveCount(3);
    }

    private static CollapseFixture Keeping(string place, Action<HttpCacheOptions>? configure = null) => new(
        o =>
        {
            o.Limits.MaximumSpoolMemory = place == "file" ? 0 : 100_000;
            configure?.Invoke(o);
        },
        place == "store" ? null : new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumEntryBytes = 50_000 }));
}
