using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Reading bodies, and ending the wait.</content>
public abstract partial class HttpCacheStoreContract
{
    private const int LargeBody = 150_000;

    /// <summary>A body can be read at any position, in any order, asynchronously and synchronously.</summary>
    [Fact]
    public async Task Body_ReadAtRandomPositions_GivesTheBytesThere()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(length: LargeBody));
        using var snapshot = await Store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var random = new Random(1);
        var buffer = new byte[70_000];
        for (var i = 0; i < 100; i++)
        {
            var offset = i < 2 ? i * LargeBody : random.Next(LargeBody + 1);
            var wanted = buffer.AsMemory(0, random.Next(1, buffer.Length));
            var count = i % 2 == 0 ? await body.ReadAsync(offset, wanted, default) : body.Read(offset, wanted.Span);

            count.Should().BeInRange(offset < LargeBody ? 1 : 0, Math.Min(wanted.Length, LargeBody - offset));
            SelfDescribingBody.Matches(head.BodyId, head.BodyLength, offset, wanted.Span[..count]).Should().BeTrue();
        }
    }

    /// <summary>An empty buffer reads nothing, and a position outside the body is an error.</summary>
    [Fact]
    public async Task Body_ReadAtTheEdges_BehavesAsDocumented()
    {
        await PutAsync(Key(), StoredResponses.Get(length: 10));
        using var snapshot = await Store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var buffer = new byte[20];

        body.Read(0, []).Should().Be(0);
        (await body.ReadAsync(10, buffer, default)).Should().Be(0);
        body.Read(10, buffer).Should().Be(0);
        body.Invoking(b => b.Read(-1, buffer)).Should().Throw<ArgumentOutOfRangeException>();
        body.Invoking(b => b.Read(11, buffer)).Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>If the body is in memory, the pieces that it returns there are the body.</summary>
    [Fact]
    public async Task Body_InMemory_GivesItsBytesWithoutCopying()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(length: LargeBody));
        using var snapshot = await Store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);

        body.TryGetMemory(LargeBody, out _).Should().BeFalse();
        for (var offset = 0L; body.TryGetMemory(offset, out var segment); offset += segment.Length)
        {
            segment.IsEmpty.Should().BeFalse();
            SelfDescribingBody.Matches(head.BodyId, head.BodyLength, offset, segment.Span).Should().BeTrue();
        }
    }

    /// <summary>One body serves several readers at the same time, from one opening and from several.</summary>
    [Fact]
    public async Task Body_SeveralReadersAtOnce_EachReadsIt()
    {
        var head = await PutAsync(Key(), StoredResponses.Get(length: LargeBody));
        using var snapshot = await Store.ReadAsync(Key(), default);
        using var shared = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 0)
            {
                await ShouldBeBodyOfAsync(head, shared);
            }
            else
            {
                await ShouldHoldAsync(Key(), head);
            }
        })));
    }

    /// <summary>The body of one response is opened again after another reader has disposed it.</summary>
    [Fact]
    public async Task Body_DisposedByOneReader_StaysReadableForOthers()
    {
        var head = await PutAsync(Key(), StoredResponses.Get());
        using var first = await Store.ReadAsync(Key(), default);
        using var second = await Store.ReadAsync(Key(), default);
        using var kept = await second.OpenBodyAsync(second.Responses[0], default);

        (await first.OpenBodyAsync(first.Responses[0], default)).Dispose();
        first.Dispose();

        await ShouldBeBodyOfAsync(head, kept);
        await ShouldHaveItsBodyAsync(second, second.Responses[0]);
    }

    /// <summary>A canceled call throws and changes nothing.</summary>
    [Fact]
    public async Task AnyCall_TokenCanceled_ThrowsAndChangesNothing()
    {
        var canceled = new CancellationToken(canceled: true);
        var standing = await PutAsync(Key(), StoredResponses.Get());
        var stamp = await StampOfAsync(Key());
        var late = StoredResponses.Get(length: 0, rank: 2);
        using var writer = await Store.BeginWriteAsync(Key(), 0, default);
        using var snapshot = await Store.ReadAsync(Key(), default);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        Func<Task>[] calls =
        [
            async () => await Store.ReadAsync(Key(), canceled),
            async () => await snapshot.OpenBodyAsync(snapshot.Responses[0], canceled),
            async () => await body.ReadAsync(0, new byte[1], canceled),
            async () => await Store.BeginWriteAsync(Key(), 0, canceled),
            async () => await writer!.WriteAsync(new byte[1], canceled),
            async () => await writer!.CommitAsync(Commit(late, stamp), canceled),
            async () => await Store.ReplaceHeadAsync(Key(), standing.Generation, StoredResponses.Refresh(standing), 0, TimeSpan.Zero, canceled),
            async () => await Store.RemoveAsync(Key(), standing.Generation, canceled),
            async () => await Store.InvalidateAsync(Key().Uri, canceled),
        ];

        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<OperationCanceledException>();
        }

        await ShouldHoldAsync(Key(), standing);
    }
}
