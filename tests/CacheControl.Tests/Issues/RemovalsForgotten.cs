using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// What a response asked to be removed by group, or with its whole origin, was forgotten if the store failed then; and a removal that took longer than the
/// store's time limit had the store left alone as one that hangs.
/// </summary>
public sealed class RemovalsForgotten
{
    private const string Member = "http://h/member";
    private const string Other = "http://h/other";

    [Fact]
    [Trait("Spec", "GRP-4")]
    public async Task GroupInvalidation_StoreFails_NothingIsUsedBeforeItIsMadeUpFor()
    {
        var store = new RemovingStore(new MemoryHttpCacheStore()) { Fails = true };
        using var fixture = await NewAsync(store);

        await fixture.SendAsync(CacheFixture.Request("POST", "http://h/post"));
        (await fixture.GetAsync(Member)).Cache.Hit.Should().BeFalse("the store still has it");
        (await fixture.GetAsync(Other)).Cache.Hit.Should().BeFalse("nobody knows what is in the group");

        store.Fails = false;
        (await fixture.GetAsync(Other)).Cache.Hit.Should().BeTrue("the removal is made up for first, and this one is not in the group");
        (await fixture.GetAsync(Member)).Cache.Hit.Should().BeFalse();
        (await fixture.GetAsync(Member)).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task GroupInvalidation_TakesLongerThanTheLimit_GoesOnAndTheStoreIsNotLeftAlone()
    {
        var store = new RemovingStore(new MemoryHttpCacheStore()) { Slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        using var fixture = await NewAsync(store);

        var posting = fixture.SendAsync(CacheFixture.Request("POST", "http://h/post"));
        posting.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        (await posting).Status.Should().Be(200);
        (await fixture.GetAsync(Other)).Cache.Hit.Should().BeFalse("the removal is under way");
        store.Removals.Should().Be(1, "it is not begun a second time meanwhile");

        store.Slow.SetResult();
        await store.Removed.Task.WaitAsync(TimeSpan.FromSeconds(60));

        // The call itself ends a moment after its last step. No time passes meanwhile: a store that is left alone would never be asked.
        await UntilHitAsync(fixture, TimeSpan.Zero);
        store.Removals.Should().Be(1);
        (await fixture.GetAsync(Member)).Cache.Hit.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Trial_CallerLeavesAndItHangs_IsNotTheLast()
    {
        var store = new RemovingStore(new MemoryHttpCacheStore());
        using var fixture = await NewAsync(store);
        store.Hanging = new TaskCompletionSource<HttpCacheSnapshot>();
        var hanging = fixture.GetAsync(Other);
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await hanging;

        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        using var impatience = new CancellationTokenSource();
        var trial = fixture.Client.SendAsync(CacheFixture.Request("GET", Other), impatience.Token);
        await impatience.CancelAsync();
        await trial.Invoking(async t => await t).Should().ThrowAsync<OperationCanceledException>();

        store.Hanging = null;
        await UntilHitAsync(fixture, TimeSpan.FromSeconds(1));
    }

    private static async Task UntilHitAsync(CacheFixture fixture, TimeSpan pause)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await fixture.GetAsync(Other)).Cache.Hit)
        {
            patience.Token.ThrowIfCancellationRequested();
            fixture.Time.Advance(pause);
            await Task.Yield();
        }
    }

    private static async Task<CacheFixture> NewAsync(RemovingStore store)
    {
        var fixture = new CacheFixture(store: store);
        fixture.Origin.Otherwise = request => request.Method.Method switch
        {
            "POST" => ScriptedOrigin.Response(200, "post", ("Cache-Group-Invalidation", "\"g\"")),
            _ when request.RequestUri!.OriginalString == Member =>
                ScriptedOrigin.Response(200, "member", ("Cache-Control", "max-age=60"), ("Cache-Groups", "\"g\"")),
            _ => ScriptedOrigin.Response(200, "other", ("Cache-Control", "max-age=60")),
        };
        await fixture.GetAsync(Member);
        await fixture.GetAsync(Other);
        (await fixture.GetAsync(Member)).Cache.Hit.Should().BeTrue();
        return fixture;
    }

    private sealed class RemovingStore(MemoryHttpCacheStore inner) : PassingStore(inner), IHttpCacheStoreMaintenance, IDisposable
    {
        public bool Fails { get; set; }

        public TaskCompletionSource? Slow { get; set; }

        public TaskCompletionSource Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<HttpCacheSnapshot>? Hanging { get; set; }

        public int Removals { get; private set; }

        public override ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
            Hanging is { } hanging ? new(hanging.Task) : base.ReadAsync(key, cancellationToken);

        public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
        {
            Removals++;
            if (Fails)
            {
                throw new IOException("refused");
            }

            if (Slow is { } slow)
            {
                await slow.Task;
            }

            var count = await inner.RemoveByTagAsync(tag, cancellationToken);
            Removed.TrySetResult();
            return count;
        }

        public ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken) => inner.RemoveByPrefixAsync(uriPrefix, cancellationToken);

        public ValueTask ClearAsync(CancellationToken cancellationToken) => inner.ClearAsync(cancellationToken);

        public IAsyncEnumerable<ListedResponse> EnumerateAsync(CancellationToken cancellationToken) => inner.EnumerateAsync(cancellationToken);

        public void Dispose() => inner.Dispose();
    }
}
