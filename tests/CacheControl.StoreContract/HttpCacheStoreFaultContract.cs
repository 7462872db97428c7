using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <summary>
/// Tests that a failing store never makes an exchange fail or a body wrong: the first law of the cache, with your store below. The contract holds a
/// whole conversation over HTTP once for each call of the store, and makes that call fail in each possible way. Derive a
/// test class from it, next to the one of <see cref="HttpCacheStoreContract"/>.
/// </summary>
/// <remarks>
/// No cache can detect one kind of garbage: a valid answer to another question, such as the response of another key with its own body. The other contract
/// tests that a store never gives one.
/// </remarks>
public abstract class HttpCacheStoreFaultContract : IAsyncLifetime
{
    // Where nothing hangs, nothing is to run out of time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // What hangs costs this much each time. A store that works may take as long as it likes, on a busy machine: else fewer calls would be made than are meant to fail.
    private static readonly TimeSpan HangTimeout = TimeSpan.FromMilliseconds(50);

    private IHttpCacheStore? _store;

    /// <summary>Each kind of call with each kind of fault, asynchronously and synchronously.</summary>
    public static TheoryData<StoreCall, StoreFault, bool> Faults()
    {
        var faults = new TheoryData<StoreCall, StoreFault, bool>();
        foreach (var call in Enum.GetValues<StoreCall>())
        {
            foreach (var fault in Enum.GetValues<StoreFault>())
            {
                // An invalidation that is said to be done but isn't can't be noticed by anybody.
                if (call == StoreCall.Invalidate && fault is not (StoreFault.Throw or StoreFault.Hang))
                {
                    continue;
                }

                faults.Add(call, fault, true);

                // A read that blocks for ever blocks its caller: nothing can end it.
                if (call != StoreCall.ReadBody || fault != StoreFault.Hang)
                {
                    faults.Add(call, fault, false);
                }
            }
        }

        return faults;
    }

    /// <summary>Makes an empty store. Called at most once in each test.</summary>
    protected abstract IHttpCacheStore CreateStore();

    /// <summary>Makes the store.</summary>
    public virtual Task InitializeAsync()
    {
        _store = CreateStore();
        return Task.CompletedTask;
    }

    /// <summary>Disposes the store, if it can be disposed.</summary>
    public virtual async Task DisposeAsync()
    {
        if (_store is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (_store as IDisposable)?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>If any single call fails, in any way, every answer equals the answer without a cache.</summary>
    /// <param name="call">The kind of call.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="async">Whether requests are sent asynchronously.</param>
    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Spec", "SRE-1")]
    public async Task Exchange_OneCallFails_IsAnsweredAsWithoutTheCache(StoreCall call, StoreFault fault, bool async)
    {
        var calls = await CountAsync(call, async);
        calls.Should().BePositive("a call that is not made is not tested");
        for (var number = 1; number <= calls; number++)
        {
            await RunAsync($"once-{number}", async, call, fault, store => store.Inject(call, fault, number, count: 1));
        }
    }

    /// <summary>The same if the store never works again: from the first call on, from the second, from the middle one, or from the last.</summary>
    /// <param name="call">The kind of call.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="async">Whether requests are sent asynchronously.</param>
    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Spec", "SRE-1")]
    [Trait("Spec", "SRE-2")]
    public async Task Exchange_CallsFailFromThenOn_IsAnsweredAsWithoutTheCache(StoreCall call, StoreFault fault, bool async)
    {
        var calls = await CountAsync(call, async);
        foreach (var number in new[] { 1, 2, (calls + 1) / 2, calls }.Where(number => number >= 1 && number <= calls).Distinct())
        {
            await RunAsync($"on-{number}", async, call, fault, store => store.Inject(call, fault, number));
        }
    }

    /// <summary>The same if every call fails.</summary>
    /// <param name="fault">The fault.</param>
    [Theory]
    [InlineData(StoreFault.Throw)]
    [InlineData(StoreFault.Hang)]
    [InlineData(StoreFault.Stale)]
    [Trait("Spec", "SRE-1")]
    public Task Exchange_EveryCallFails_IsAnsweredAsWithoutTheCache(StoreFault fault) =>
        RunAsync("all", async: true, StoreCall.Read, fault, store =>
        {
            foreach (var call in Enum.GetValues<StoreCall>().Where(call => call != StoreCall.Invalidate || fault != StoreFault.Stale))
            {
                store.Inject(call, fault);
            }
        });

    /// <summary>Returns the number of calls of a kind that the conversation makes without faults. Every answer must be right then.</summary>
    private async Task<int> CountAsync(StoreCall call, bool async)
    {
        using var counting = new FaultyStore(_store!);
        await CheckAsync(counting, "count", async, Patience, mayBreakOff: false);
        return counting.CallsOf(call);
    }

    private async Task RunAsync(string host, bool async, StoreCall call, StoreFault fault, Action<FaultyStore> inject)
    {
        using var faulty = new FaultyStore(_store!);
        inject(faulty);

        // Bytes that are missing after the head was given make the stream throw; anything else would be a wrong body.
        var isOfBody = call == StoreCall.ReadBody;
        await CheckAsync(faulty, host, async, fault == StoreFault.Hang ? HangTimeout : Patience, isOfBody);
    }

    private static async Task CheckAsync(FaultyStore store, string host, bool async, TimeSpan storeTimeout, bool mayBreakOff)
    {
        using var dialogue = new StoreDialogue(store, host, storeTimeout);
        foreach (var (step, seen, right) in await dialogue.RunAsync(async).ConfigureAwait(false))
        {
            if (!mayBreakOff || !seen.EndsWith(StoreDialogue.BodyFailed, StringComparison.Ordinal))
            {
                seen.Should().Be(right, "of step '{0}' on {1}", step, host);
            }
        }
    }
}
