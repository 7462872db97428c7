using HttpCaching.Control.Guard;
using HttpCaching.Diagnostics;
using HttpCaching.StoreContract;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

[Trait("Spec", "SRE-2")]
public sealed class LimitedBodyTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(CacheFixture.Start);
    private readonly CacheMetrics _metrics = new(null, new UserRuleFaults(NullLogger.Instance));
    private readonly GatedBody _store = new();
    private readonly LimitedBody _body;

    public LimitedBodyTests()
    {
        var guard = new GuardedStore(new MemoryHttpCacheStore(), _metrics, NullLogger.Instance, _time, new StoreLimits(Limit, Limit, Limit));
        _body = new LimitedBody(_store, Limit, _time, guard, new BlockingThreads());
    }

    public void Dispose()
    {
        _body.Dispose();
        _store.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Read_WithinTheLimit_GivesTheBytes()
    {
        var buffer = new byte[4];
        var read = _body.ReadAsync(0, buffer, CancellationToken.None);
        _time.Advance(Limit - TimeSpan.FromTicks(1));
        _store.Answer();

        (await read).Should().Be(4);
        buffer.Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public async Task Read_BeyondTheLimit_ThrowsAndLeavesTheCallersBufferAlone()
    {
        var buffer = new byte[4];
        var read = _body.ReadAsync(0, buffer, CancellationToken.None).AsTask();
        _time.Advance(Limit);

        await read.Invoking(r => r).Should().ThrowAsync<IOException>();
        _store.Answer();
        await _store.Answered;
        buffer.Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    public async Task Read_CancelledWhileTheStoreDoesNotListen_EndsAtOnce()
    {
        using var caller = new CancellationTokenSource();
        var read = _body.ReadAsync(0, new byte[4], caller.Token).AsTask();
        await caller.CancelAsync();

        await read.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Dispose_WhileAnAbandonedReadGoesOn_WaitsForItsEnd()
    {
        var read = _body.ReadAsync(0, new byte[4], CancellationToken.None).AsTask();
        _time.Advance(Limit);
        await read.Invoking(r => r).Should().ThrowAsync<IOException>();

        _body.Dispose();
        _store.IsDisposed.IsCompleted.Should().BeFalse("the store still reads");
        _store.Answer();
        await _store.IsDisposed.WaitAsync(TimeSpan.FromMinutes(1));

        await _body.Invoking(async b => await b.ReadAsync(0, new byte[4], CancellationToken.None)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Dispose_NothingIsRead_ReleasesOnce()
    {
        _body.Dispose();
        _body.Dispose();

        await _store.IsDisposed;
        _store.Disposals.Should().Be(1);
    }

    [Fact]
    public async Task Hit_StoreHangsInTheBody_FailsAfterTheLimitAndLeavesTheStoreAlone()
    {
        var store = new FaultyStore(new MemoryHttpCacheStore());
        using var fixture = new CacheFixture(o => o.Store.BodyTimeout = Limit, store);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=600"));
        await fixture.GetAsync();
        store.Inject(StoreCall.ReadBody, StoreFault.Hang, 0, int.MaxValue);

        var hit = fixture.GetAsync();
        hit.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(Limit);
        await hit.WaitAsync(TimeSpan.FromMinutes(1)).Invoking(h => h).Should().ThrowAsync<HttpRequestException>();

        // No clock is moved: had the store been asked, this would not end.
        var next = await fixture.GetAsync().WaitAsync(TimeSpan.FromMinutes(1));
        next.Body.Should().Be("x");
        next.Cache.Hit.Should().BeFalse();
    }

    [Fact]
    public async Task BlockingRead_WithinTheLimit_GivesTheBytes()
    {
        var buffer = new byte[4];
        var read = OnThread(() => _body.Read(0, buffer));
        await _store.HasBegun;
        _time.Advance(Limit - TimeSpan.FromTicks(1));
        _store.Answer();

        (await read).Should().Be(4);
        buffer.Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    [Trait("Spec", "CON-10")]
    public async Task BlockingRead_BeyondTheLimit_ThrowsAndLeavesTheCallersBufferAlone()
    {
        var buffer = new byte[4];
        var read = OnThread(() => _body.Read(0, buffer));
        await _store.HasBegun;

        // The read begins before the wait for it.
        while (!read.IsCompleted)
        {
            _time.Advance(Limit);
            await Task.Yield();
        }

        await read.Invoking(r => r).Should().ThrowAsync<IOException>();
        _store.Answer();
        await _store.Answered;
        buffer.Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    [Trait("Spec", "CON-10")]
    public async Task BlockingRead_DisposedByAnotherThread_EndsAndReleasesTheBodyLast()
    {
        var read = OnThread(() => _body.Read(0, new byte[4]));
        await _store.HasBegun;

        _body.Dispose();

        await read.WaitAsync(TimeSpan.FromMinutes(1)).Invoking(r => r).Should().ThrowAsync<ObjectDisposedException>();
        _store.Disposals.Should().Be(0);
        _store.Answer();
        await _store.IsDisposed.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Trait("Spec", "CON-10")]
    public async Task Read_DisposedInTheMeantime_EndsAndReleasesTheBodyLast()
    {
        var read = _body.ReadAsync(0, new byte[4], CancellationToken.None).AsTask();
        _body.Dispose();

        await read.WaitAsync(TimeSpan.FromMinutes(1)).Invoking(r => r).Should().ThrowAsync<ObjectDisposedException>();
        _store.Disposals.Should().Be(0);
        _store.Answer();
        await _store.IsDisposed.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static Task<int> OnThread(Func<int> read) =>
        Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class GatedBody : StoredBody
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _disposals;

        public Task HasBegun => _begun.Task;

        public Task Answered => _answered.Task;

        public Task IsDisposed => _disposed.Task;

        public int Disposals => _disposals;

        public override long Length => 4;

        public void Answer() => _gate.TrySetResult();

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await _gate.Task;
            byte[] bytes = [1, 2, 3, 4];
            bytes.CopyTo(buffer);
            _answered.SetResult();
            return bytes.Length;
        }

        public override int Read(long offset, Span<byte> buffer)
        {
            _begun.TrySetResult();
            _gate.Task.Wait();
            byte[] bytes = [1, 2, 3, 4];
            bytes.CopyTo(buffer);
            _answered.SetResult();
            return bytes.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Increment(ref _disposals) == 1)
            {
                _disposed.SetResult();
            }
        }
    }
}
