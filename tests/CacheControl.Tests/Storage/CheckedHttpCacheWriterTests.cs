using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

/// <summary>What a store's writer need not see to itself.</summary>
public sealed class CheckedHttpCacheWriterTests
{
    [Fact]
    public async Task Write_BeyondTheLimit_IsRefusedAndLetGo()
    {
        using var writer = new Writer(limit: 10);
        (await writer.WriteAsync(new byte[10], default)).Should().BeTrue();

        (await writer.WriteAsync(new byte[1], default)).Should().BeFalse();

        writer.Releases.Should().Be(1);
        (await writer.CommitAsync(Commit(10), default)).Should().BeFalse();
        writer.Commits.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_StoreFails_IsRefusedAndLetGo(bool atOnce)
    {
        using var writer = new Writer { Append = atOnce ? () => throw new IOException("full") : FailLater };

        await writer.Awaiting(w => w.WriteAsync(new byte[1], default).AsTask()).Should().ThrowAsync<IOException>();

        writer.Releases.Should().Be(1);
        (await writer.WriteAsync(new byte[1], default)).Should().BeFalse();
    }

    [Fact]
    public async Task Write_StoreRefuses_IsLetGo()
    {
        using var writer = new Writer { Append = () => new ValueTask<bool>(false) };

        (await writer.WriteAsync(new byte[1], default)).Should().BeFalse();

        writer.Releases.Should().Be(1);
    }

    [Fact]
    public async Task Commit_OtherLengthThanWritten_ThrowsAndMayBeTriedAgain()
    {
        using var writer = new Writer();
        await writer.WriteAsync(new byte[3], default);

        await writer.Awaiting(w => w.CommitAsync(Commit(4), default).AsTask()).Should().ThrowAsync<ArgumentException>().WithMessage("*4*3*WithBody*");

        (await writer.CommitAsync(Commit(3), default)).Should().BeTrue();
        writer.Commits.Should().Be(1);
    }

    [Fact]
    public async Task Commit_StoreFails_IsOver()
    {
        using var writer = new Writer { Append = FailLater };

        await writer.Awaiting(w => w.CommitAsync(Commit(0), default).AsTask()).Should().ThrowAsync<IOException>();

        writer.Releases.Should().Be(1);
        await writer.Awaiting(w => w.CommitAsync(Commit(0), default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
        await writer.Awaiting(w => w.WriteAsync(new byte[1], default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task Dispose_Twice_LetsGoOnceAndEndsIt()
    {
        var writer = new Writer();
        writer.Dispose();
        writer.Dispose();

        writer.Releases.Should().Be(1);
        await writer.Awaiting(w => w.WriteAsync(new byte[1], default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await writer.Awaiting(w => w.CommitAsync(Commit(0), default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Write_Cancelled_TakesNothing()
    {
        using var writer = new Writer();

        await writer.Awaiting(w => w.WriteAsync(new byte[1], new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        (await writer.CommitAsync(Commit(0), default)).Should().BeTrue("nothing was written, and the writer is as it was");
    }

    private static StoreCommit Commit(int length) => new() { Head = StoredResponses.Get(length: length), Retention = TimeSpan.FromDays(1), Stamp = 0 };

    private static async ValueTask<bool> FailLater()
    {
        await Task.Yield();
        throw new IOException("full");
    }

    private sealed class Writer(long limit = 100) : CheckedHttpCacheWriter(limit)
    {
        public Func<ValueTask<bool>> Append { get; init; } = () => new ValueTask<bool>(true);

        public int Releases { get; private set; }

        public int Commits { get; private set; }

        protected override ValueTask<bool> AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => Append();

        protected override ValueTask<bool> StoreAsync(StoreCommit commit, CancellationToken cancellationToken)
        {
            Commits++;
            return Append();
        }

        protected override void Release() => Releases++;
    }
}
