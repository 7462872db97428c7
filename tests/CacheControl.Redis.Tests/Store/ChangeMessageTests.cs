using System.Collections.Concurrent;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Tests.Engines;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Store;

/// <summary>What stores tell each other.</summary>
public sealed class ChangeMessageTests(GarnetEngine engine) : IClassFixture<GarnetEngine>
{
    public static TheoryData<int, string> Messages { get; } = new()
    {
        { (int)ChangeKind.Uri, "https://example.org/é?q=1 2" },
        { (int)ChangeKind.Uri, string.Empty },
        { (int)ChangeKind.All, string.Empty },
        { (int)ChangeKind.Nothing, string.Empty },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void TryParse_WhatWasWritten_IsTheSame(int kind, string uri)
    {
        var message = new ChangeMessage(Guid.NewGuid(), long.MaxValue - 1, (ChangeKind)kind, uri);

        ChangeMessage.TryParse(message.ToString(), out var read).Should().BeTrue();

        read.Should().Be(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1u")]
    [InlineData("2u0123456789abcdef0123456789abcdef0000000000000001x")]
    [InlineData("1x0123456789abcdef0123456789abcdef0000000000000001x")]
    [InlineData("1u0123456789abcdef0123456789abcdex0000000000000001x")]
    [InlineData("1u0123456789abcdef0123456789abcdef000000000000000gx")]
    public void TryParse_Junk_IsRefused(string junk) => ChangeMessage.TryParse(junk, out _).Should().BeFalse();

    [Fact]
    public async Task EachChange_FlagOn_IsToldOnceAndNumberedWithoutGaps()
    {
        await using var fixture = await StoreFixture.StartAsync(engine, o => o.TellChanges = true);
        var told = new ConcurrentQueue<ChangeMessage>();
        await fixture.Connection.GetSubscriber().SubscribeAsync(ChangeMessage.ChannelOf(fixture.Options.Prefix), (_, value) =>
        {
            ChangeMessage.TryParse(value, out var message).Should().BeTrue();

            // If the changes take longer than the pause before a sign of life, it comes between them, with the last number.
            if (message!.Value.Kind != ChangeKind.Alive)
            {
                told.Enqueue(message.Value);
            }
        });

        var head = await fixture.PutAsync(StoreFixture.Key);
        var refreshed = StoredResponses.Refresh(head);
        (await fixture.Store.RefreshAsync(StoreFixture.Key, head.Generation, refreshed, TimeSpan.FromHours(1))).Should().BeTrue();
        (await fixture.Store.RefreshAsync(StoreFixture.Key, head.Generation, refreshed, TimeSpan.FromHours(1))).Should().BeFalse();
        await fixture.Store.RemoveAsync(StoreFixture.Key, refreshed.Generation, default);
        await fixture.Store.InvalidateAsync(StoreFixture.Key.Uri, default);
        await fixture.Store.RemoveByTagAsync("t", default);
        await fixture.Store.RemoveByPrefixAsync("https://", default);
        await fixture.Store.ClearAsync(default);

        await Wait.UntilAsync(() => Task.FromResult(told.Count >= 8), "for eight messages");
        told.OrderBy(m => m.Sequence).Select(m => m.Sequence).Should().Equal(1, 2, 3, 4, 5, 6, 7, 8);
        told.OrderBy(m => m.Sequence).Select(m => m.Kind).Should().Equal(
            ChangeKind.Uri, ChangeKind.Uri, ChangeKind.Nothing, ChangeKind.Uri, ChangeKind.Uri, ChangeKind.All, ChangeKind.All, ChangeKind.All);
        told.Where(m => m.Kind == ChangeKind.Uri).Should().OnlyContain(m => m.Uri == StoreFixture.Key.Uri);
        told.Select(m => m.Origin).Distinct().Should().Equal(fixture.Store.Notices.Origin);
    }

    [Fact]
    public async Task EachChange_FlagOff_IsNotTold()
    {
        await using var fixture = await StoreFixture.StartAsync(engine, o => o.TellChanges = false);
        var told = new ConcurrentQueue<string>();
        var channel = ChangeMessage.ChannelOf(fixture.Options.Prefix);
        await fixture.Connection.GetSubscriber().SubscribeAsync(channel, (_, value) => told.Enqueue(value!));

        await fixture.PutAsync(StoreFixture.Key);
        await fixture.Store.ClearAsync(default);
        await fixture.Connection.GetSubscriber().PublishAsync(channel, "end");

        await Wait.UntilAsync(() => Task.FromResult(!told.IsEmpty), "for the end");
        told.Should().Equal("end");
    }
}
