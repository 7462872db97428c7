using HttpCaching.Storage.InMemory;

namespace HttpCaching.Tests.Storage.InMemory;

public sealed class SegmentPoolTests
{
    private const int Segment = 1024;

    [Fact]
    public void Rent_AfterReturn_GivesTheSameSegment()
    {
        var pool = new SegmentPool(10 * Segment, Segment);
        var segment = pool.Rent();
        pool.KeptBytes.Should().Be(0);

        pool.Return(segment);

        pool.KeptBytes.Should().Be(Segment);
        pool.Rent().Should().BeSameAs(segment);
        pool.Rent().Should().NotBeSameAs(segment).And.HaveCount(Segment);
    }

    [Fact]
    public void Return_BeyondTheLimit_KeepsNoMore()
    {
        var pool = new SegmentPool((3 * Segment) + 1, Segment);

        for (var i = 0; i < 5; i++)
        {
            pool.Return(new byte[Segment]);
        }

        pool.KeptBytes.Should().Be(3 * Segment);
    }

    [Fact]
    public void Return_AfterClose_KeepsNothing()
    {
        var pool = new SegmentPool(10 * Segment, Segment);
        pool.Return(new byte[Segment]);

        pool.Close();
        pool.Return(new byte[Segment]);

        pool.KeptBytes.Should().Be(0);
        pool.Rent().Should().HaveCount(Segment);
    }

    [Fact]
    public void Release_LastHolder_ReturnsOnceAndLetsNobodyInAgain()
    {
        var pool = new PoisoningPool();
        var hold = new SegmentHold(pool);
        hold.Rent();
        hold.Rent();
        hold.TryShare().Should().BeTrue();

        hold.Release();
        pool.Returned.Should().Be(0);
        hold.Release();

        pool.Returned.Should().Be(2);
        hold.TryShare().Should().BeFalse();
        hold.Release();
        pool.Returned.Should().Be(2);
    }

    [Fact]
    public async Task Dispose_DuringARead_ReturnsWhenTheReadHasEnded()
    {
        var pool = new PoisoningPool();
        var hold = new SegmentHold(pool);
        hold.Rent();
        using var bytes = new GatedBody();
        var body = new LeasedBody(bytes, hold);
        var reading = Task.Run(() => body.Read(0, new byte[1]));
        bytes.Entered.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();

        body.Dispose();
        body.Dispose();
        pool.Returned.Should().Be(0, "somebody is reading");
        body.Invoking(b => b.Read(0, new byte[1])).Should().Throw<ObjectDisposedException>();
        bytes.MayLeave.Set();

        (await reading).Should().Be(1);
        pool.Returned.Should().Be(1);
        body.Dispose();
        pool.Returned.Should().Be(1);
    }

    [Fact]
    public void Read_AfterDispose_Throws()
    {
        var hold = new SegmentHold(new PoisoningPool());
        var body = new LeasedBody(StoredBody.Of(new byte[3]), hold);

        body.Dispose();

        body.Invoking(b => b.Read(0, new byte[1])).Should().Throw<ObjectDisposedException>();
        body.Invoking(b => b.TryGetMemory(0, out _)).Should().Throw<ObjectDisposedException>();
        body.Invoking(b => b.ReadAsync(0, new byte[1], default)).Should().Throw<ObjectDisposedException>();
    }

    /// <summary>A body whose reads wait until they may go on.</summary>
    private sealed class GatedBody : StoredBody
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim MayLeave { get; } = new();

        public override long Length => 1;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) => new(Read(offset, buffer.Span));

        public override int Read(long offset, Span<byte> buffer)
        {
            Entered.Set();
            MayLeave.Wait(TimeSpan.FromSeconds(30));
            return 1;
        }

        protected override void Dispose(bool disposing)
        {
            Entered.Dispose();
            MayLeave.Dispose();
        }
    }
}
