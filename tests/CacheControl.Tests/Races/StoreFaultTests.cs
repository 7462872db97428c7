using CacheControl.Storage;
using CacheControl.StoreContract;
using CacheControl.Tests.Control;

namespace CacheControl.Tests.Races;

/// <summary>A store that fails at any of its calls never makes an exchange fail or a body wrong: the cache does no harm.</summary>
public sealed class StoreFaultTests
{
    /// <summary>Each call that the dialogue makes, by its kind and number, with each kind of fault that comes back at once.</summary>
    public static TheoryData<StoreCall, int, StoreFault, bool> Faults()
    {
        using var memory = new MemoryHttpCacheStore();
        using var counting = new FaultyStore(memory);
        using var dialogue = new Dialogue(counting);
        dialogue.RunAsync(async: true).GetAwaiter().GetResult();
        var faults = new TheoryData<StoreCall, int, StoreFault, bool>();
        foreach (var call in Enum.GetValues<StoreCall>())
        {
            for (var number = 1; number <= counting.CallsOf(call); number++)
            {
                foreach (var fault in new[] { StoreFault.Throw, StoreFault.Garbage })
                {
                    // An invalidation that is said to be done but isn't can't be noticed by anybody.
                    if (call != StoreCall.Invalidate || fault != StoreFault.Garbage)
                    {
                        faults.Add(call, number, fault, true);
                        faults.Add(call, number, fault, false);
                    }
                }
            }
        }

        return faults;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Spec", "SRE-1")]
    public async Task Dialogue_WithOneFault_IsAnsweredAsWithoutTheCache(StoreCall call, int number, StoreFault fault, bool async)
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory).Inject(call, fault, number, count: 1);
        using var dialogue = new Dialogue(faulty);

        Check(await dialogue.RunAsync(async), call);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Spec", "SRE-1")]
    public async Task Dialogue_WithFaultsFromThenOn_IsAnsweredAsWithoutTheCache(StoreCall call, int number, StoreFault fault, bool async)
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory).Inject(call, fault, number);
        using var dialogue = new Dialogue(faulty);

        Check(await dialogue.RunAsync(async), call);
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Dialogue_WithEveryCallFailing_IsAnsweredAsWithoutTheCache()
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory);
        foreach (var call in Enum.GetValues<StoreCall>())
        {
            faulty.Inject(call, StoreFault.Throw);
        }

        using var dialogue = new Dialogue(faulty);

        Check(await dialogue.RunAsync(async: true), StoreCall.Read);
    }

    [Fact]
    public async Task Dialogue_WithoutFaults_UsesEveryCallOfTheStore()
    {
        using var memory = new MemoryHttpCacheStore();
        using var counting = new FaultyStore(memory);
        using var dialogue = new Dialogue(counting);

        Check(await dialogue.RunAsync(async: true), StoreCall.Read);

        Enum.GetValues<StoreCall>().Where(call => counting.CallsOf(call) == 0).Should().BeEmpty("every call that is not made is not tested");
    }

    [Fact]
    [Trait("Spec", "SRE-1")]
    public async Task Invalidation_ThatTheStoreRefused_IsMadeUpForBeforeTheNextUse()
    {
        using var memory = new MemoryHttpCacheStore();
        using var faulty = new FaultyStore(memory).Inject(StoreCall.Invalidate, StoreFault.Throw);
        using var fixture = new CacheFixture(store: faulty);
        fixture.Origin
            .Then(200, "old", ("Cache-Control", "max-age=60"))
            .Then(204, null)
            .Then(200, "new", ("Cache-Control", "max-age=60"))
            .Then(200, "newer", ("Cache-Control", "max-age=60"));

        await fixture.GetAsync();
        await fixture.SendAsync(CacheFixture.Request("PUT", "http://h/"));
        (await fixture.GetAsync()).Body.Should().Be("new", "the store still has the old one, which must not be used");
        faulty.Heal(StoreCall.Invalidate);
        (await fixture.GetAsync()).Body.Should().Be("newer");
        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue("the invalidation has been made up for");
    }

    private static void Check(IReadOnlyList<(string Step, string Seen, string Right)> answers, StoreCall faulty)
    {
        foreach (var (step, seen, right) in answers)
        {
            // Bytes that are missing after the head was given make the stream throw; anything else would be a wrong body (SRE-4).
            if (faulty != StoreCall.ReadBody || !seen.EndsWith(Dialogue.BodyFailed, StringComparison.Ordinal))
            {
                seen.Should().Be(right, "of step '{0}'", step);
            }
        }
    }
}
