using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A caller who blocked went on in a thread of the pool once the store had let it wait. Where all threads of the pool were such callers none was left, and all waited for
/// ever.
/// </summary>
[Trait("Spec", "CON-10")]
public sealed class BlockingCallersNeedNoOtherThread
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_StoreLetsItWait_GoesOnInItsOwnThread(bool answers)
    {
        using var memory = new MemoryHttpCacheStore();
        var store = new SlowStore(memory);
        using var fixture = new CacheFixture(store: store);
        var thread = 0;
        fixture.Origin.Otherwise = _ =>
        {
            thread = Environment.CurrentManagedThreadId;
            return ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        };

        var sending = Task.Factory.StartNew(
            () =>
            {
                using var response = fixture.Client.Send(CacheFixture.Request("GET", "http://h/"));
                return Environment.CurrentManagedThreadId;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await store.WhenCalled;
        if (answers)
        {
            store.Answer();
        }
        else
        {
            // The store is called before the wait for it begins.
            while (!sending.IsCompleted)
            {
                fixture.Time.Advance(new HttpCacheOptions().Store.Timeout);
                await Task.Yield();
            }
        }

        (await sending.WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(thread);
        store.Answer();
    }

    private sealed class SlowStore(MemoryHttpCacheStore memory) : PassingStore(memory)
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenCalled => _called.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void Answer() => _answered.TrySetResult();

        public override async ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
        {
            _called.TrySetResult();
            await _answered.Task;
            return await base.ReadAsync(key, cancellationToken);
        }
    }
}
