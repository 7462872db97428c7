using Xunit.Abstractions;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>
/// Random answers on the wire and random requests, a plain client beside the cache: the cache's answer is one that a plain client got for a version within its
/// permitted age, with the same status, fields, trailers and bytes, or the same kind of exception. What may differ is in <see cref="WireModel"/> and
/// <see cref="WireDialogue"/>. A dialogue that differs is made as short as it goes, and printed as a test.
/// </summary>
public sealed class WireAgreementTests(ITestOutputHelper output)
{
    private const int MostPrinted = 3;

    private static readonly string[] Names = [WireSite.Handler, WireSite.DecodingHandler, WireSite.Factory, WireSite.Habit];

    public static TheoryData<string> Pipelines => [.. Names];

    [Theory]
    [MemberData(nameof(Pipelines))]
    [Trait("Spec", "HTC-21")]
    public async Task RandomAnswers_AreThoseOfAPlainClient(string pipeline)
    {
        var seed = FuzzSize.WireSeed;
        output.WriteLine($"CACHECONTROL_WIRE_SEED={seed}, {FuzzSize.WireExchanges} exchanges over all pipelines");
        using var site = new WireSite();
        var failures = new List<string>();
        var count = 0;
        foreach (var number in FuzzSize.WireOnly is { } only ? [only] : Enumerable.Range(0, FuzzSize.WireExchanges / WireDialogue.StepsOfOne / Names.Length))
        {
            if (await WireDialogue.Of(pipeline, seed, number).PlayAsync(site) is { } difference && ++count <= MostPrinted)
            {
                failures.Add($"CACHECONTROL_WIRE_SEED={seed} CACHECONTROL_WIRE_ONLY={number} ({pipeline}): {await difference.ShrinkAsync(site)}\n");
            }
        }

        failures.Should().BeEmpty("the cache gives what a plain client gets; {0} dialogues differ, the first of them:\n{1}\n", count, string.Join('\n', failures));
    }
}
