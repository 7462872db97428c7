namespace HttpCaching.DistributedCache.Tests;

/// <summary>An engine that fails at any of its calls, in any way, or drops any value at any moment: requests are answered as without a cache.</summary>
public sealed class EngineFaultTests
{
    private const string Kinds = "ruoslbt";

    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Conversation_WithoutFaults_UsesTheStore()
    {
        var engine = new WatchedCache();
        using var store = NewStore(engine, Ample);
        using var conversation = new Conversation(store, Ample);

        await conversation.RunAsync();

        // Ten GETs (each path once, the validated one twice more, three after a change) and three POSTs.
        conversation.Forwarded.Should().Be(10 + 3);
        conversation.BrokenOff.Should().Be(0);
        Kinds.ToCharArray().Should().OnlyContain(kind => engine.Calls.Any(c => c == $"get {kind}"), "faults at all kinds of values are tried");
    }

    [Theory]
    [InlineData(EngineFault.Throw)]
    [InlineData(EngineFault.ThrowAtOnce)]
    [InlineData(EngineFault.Garbage)]
    [InlineData(EngineFault.Truncate)]
    [InlineData(EngineFault.FlipBit)]
    [InlineData(EngineFault.Missing)]
    [InlineData(EngineFault.Mixed)]
    [InlineData(EngineFault.Endless)]
    [Trait("Spec", "SRE-1")]
    public async Task Conversation_OneCallFails_IsAnsweredAsWithoutTheCache(EngineFault fault)
    {
        var calls = await CountCallsAsync();
        for (var failing = 1; failing <= calls; failing++)
        {
            await RunAsync(number => number == failing ? fault : null, Ample, fault is EngineFault.Throw or EngineFault.ThrowAtOnce);
        }
    }

    [Theory]
    [InlineData(EngineFault.Throw)]
    [InlineData(EngineFault.Garbage)]
    [InlineData(EngineFault.Truncate)]
    [InlineData(EngineFault.FlipBit)]
    [InlineData(EngineFault.Missing)]
    [Trait("Spec", "SRE-1")]
    public async Task Conversation_AllCallsFailFromOneOn_IsAnsweredAsWithoutTheCache(EngineFault fault)
    {
        var calls = await CountCallsAsync();
        for (var failing = 1; failing <= calls; failing++)
        {
            await RunAsync(number => number >= failing ? fault : null, Ample, fault is EngineFault.Throw);
        }
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Conversation_OneCallHangs_IsAnsweredAsWithoutTheCache()
    {
        var calls = await CountCallsAsync();
        for (var failing = 1; failing <= calls; failing++)
        {
            await RunAsync(number => number == failing ? EngineFault.Hang : null, TimeSpan.FromMilliseconds(50), removalMayFail: true);
        }
    }

    /// <summary>Values of one kind are dropped at each moment; nothing wrong is served then, and nothing that was invalidated.</summary>
    [Theory]
    [InlineData('r')]
    [InlineData('u')]
    [InlineData('o')]
    [InlineData('s')]
    [InlineData('l')]
    [InlineData('t')]
    [InlineData('b')]
    public async Task Conversation_ValuesEvictedAtAnyMoment_IsAnsweredAsWithoutTheCache(char kind)
    {
        var calls = await CountCallsAsync();
        for (var moment = 1; moment <= calls; moment++)
        {
            await EvictAsync(moment, key => WatchedCache.KindOf(key) == kind);
        }
    }

    /// <summary>Chunks one by one: the first, the others.</summary>
    [Theory]
    [InlineData(".0")]
    [InlineData(".1")]
    [InlineData(".4")]
    public async Task Conversation_OneChunkEvictedAtAnyMoment_IsAnsweredAsWithoutTheCache(string chunk)
    {
        var calls = await CountCallsAsync();
        for (var moment = 1; moment <= calls; moment++)
        {
            await EvictAsync(moment, key => WatchedCache.KindOf(key) == 'b' && key.EndsWith(chunk, StringComparison.Ordinal));
        }
    }

    private static async Task EvictAsync(int moment, Func<string, bool> matches)
    {
        var engine = new WatchedCache();
        engine.Before = (number, _, _) =>
        {
            if (number == moment)
            {
                engine.Evict(matches);
            }

            return Task.CompletedTask;
        };
        using var store = NewStore(engine, Ample);
        using var conversation = new Conversation(store, Ample);
        await conversation.RunAsync();
    }

    private static async Task RunAsync(Func<int, EngineFault?> fault, TimeSpan limit, bool removalMayFail)
    {
        var engine = new WatchedCache { Fault = fault };
        using var store = NewStore(engine, limit);
        using var conversation = new Conversation(store, limit) { RemovalMayFail = removalMayFail };
        await conversation.RunAsync();
    }

    private static async Task<int> CountCallsAsync()
    {
        var engine = new WatchedCache();
        using var store = NewStore(engine, Ample);
        using var conversation = new Conversation(store, Ample);
        await conversation.RunAsync();
        return engine.Calls.Count;
    }

    // Nothing is remembered of epochs: each call to the engine is then one that can fail.
    private static DistributedHttpCacheStore NewStore(WatchedCache engine, TimeSpan limit) => new(engine, new DistributedHttpCacheStoreOptions
    {
        ChunkBytes = 4096,
        InlineBodyBytes = 1000,
        EngineTimeout = limit,
        MaximumEpochAge = TimeSpan.Zero,
        ReplacedBodyGrace = TimeSpan.Zero,
    });
}
