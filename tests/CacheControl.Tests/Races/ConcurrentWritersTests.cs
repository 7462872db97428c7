using ConcurrentWriters;

namespace HttpCaching.Tests.Races;

/// <summary>
/// The race this library exists for: an entry is replaced, refreshed, evicted, cleared or invalidated while another client's conditional request for it is
/// on its way. Every interference meets every position, so there is no moment left at which the 304 could find nothing.
/// </summary>
public sealed class ConcurrentWritersTests
{
    public static TheoryData<GatePosition, Interference, bool, bool> Races()
    {
        var races = new TheoryData<GatePosition, Interference, bool, bool>();
        foreach (var position in Enum.GetValues<GatePosition>())
        {
            foreach (var interference in Enum.GetValues<Interference>())
            {
                races.Add(position, interference, true, true);
                races.Add(position, interference, true, false);
                races.Add(position, interference, false, true);
                races.Add(position, interference, false, false);
            }
        }

        return races;
    }

    [Theory]
    [MemberData(nameof(Races))]
    [Trait("Spec", "VLD-1")]
    public async Task Validation_WhileAnotherWriterChangesTheEntry_GivesTheRightBody(
        GatePosition position, Interference interference, bool saysVary, bool sharesCache)
    {
        using var race = new Race(position, saysVary, sharesCache);

        var result = await race.RunAsync(interference);

        result.First.Status.Should().Be(200);
        result.First.Body.Should().Be(result.First.Expected);
        result.IsRight.Should().BeTrue("the second client and all later requests get the right answer too: {0}", result);
    }

    [Theory]
    [MemberData(nameof(Races))]
    [Trait("Spec", "VLD-1")]
    public async Task Validation_WhileAnotherWriterChangesTheEntry_AsksTheOriginOnce(
        GatePosition position, Interference interference, bool saysVary, bool sharesCache)
    {
        using var race = new Race(position, saysVary, sharesCache);

        var result = await race.RunAsync(interference);

        result.OriginRequests.Should().Be(1);
        if (position > GatePosition.BeforeRead)
        {
            result.First.Cache.Reason.Should().Be(CacheReason.Validated, "what was read was pinned, and the 304 is answered from it");
        }
    }
}
