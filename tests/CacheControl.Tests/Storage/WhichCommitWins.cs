using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

/// <summary>The rule that all stores ask.</summary>
public sealed class WhichCommitWins
{
    /// <summary>The standing response has the generation 7. "-" is none.</summary>
    [Theory]
    [InlineData("CON-8", "nothing stands there", "-", 5, "-", false)]
    [InlineData("CON-8", "nothing stands there any more", "-", 5, "7", false)]
    [InlineData("CON-8", "an older one stands there", "4", 5, "-", false)]
    [InlineData("CON-8", "one as old: the later commit wins", "5", 5, "-", false)]
    [InlineData("CON-8", "a newer one stands there", "6", 5, "-", true)]
    [InlineData("CON-8", "the one that was read, whatever its rank", "6", 5, "7", false)]
    [InlineData("CON-8", "a newer one in place of the one that was read", "6", 5, "8", true)]
    [InlineData("CON-8", "one as old in place of the one that was read", "5", 5, "8", false)]
    public void Commit_Standing_YieldsOrNot(string spec, string name, string standingRank, long rank, string replaces, bool yields)
    {
        var standing = standingRank == "-" ? null : Head(7, long.Parse(standingRank));
        var commit = new StoreCommit { Head = Head(9, rank), Stamp = 0, Retention = TimeSpan.Zero, Replaces = replaces == "-" ? null : long.Parse(replaces) };

        commit.YieldsTo(standing).Should().Be(yields, $"{spec}: {name}");
        if (standing is not null)
        {
            commit.YieldsTo(standing.Generation, standing.Rank).Should().Be(yields, $"{spec}: {name}");
        }
    }

    [Theory]
    [InlineData("CON-8", "nothing stands there", "-", 5, false)]
    [InlineData("CON-8", "an older one", "4", 5, false)]
    [InlineData("CON-8", "one as old", "5", 5, false)]
    [InlineData("CON-8", "a newer one", "6", 5, true)]
    [InlineData("CON-8", "numbers below zero are older", "-1", 0, false)]
    public void Head_Displaced_YieldsOrNot(string spec, string name, string displacedRank, long rank, bool yields)
    {
        var displaced = displacedRank == "-" ? null : Head(7, long.Parse(displacedRank));

        Head(9, rank).YieldsTo(displaced).Should().Be(yields, $"{spec}: {name}");
        if (displaced is not null)
        {
            Head(9, rank).YieldsTo(displaced.Rank).Should().Be(yields, $"{spec}: {name}");
        }
    }

    [Theory]
    [InlineData("CON-8", "the same body", 1, 5, true)]
    [InlineData("CON-8", "another body", 2, 5, false)]
    [InlineData("CON-8", "another length", 1, 6, false)]
    public void Head_OfABody_MayTakePlaceOrNot(string spec, string name, long bodyId, long length, bool expected)
    {
        var standing = Head(7, rank: 1, bodyId: 1, length: 5);

        Head(8, rank: 0, bodyId, length).MayTakePlaceOf(standing).Should().Be(expected, $"{spec}: {name}");
    }

    private static StoredResponse Head(long generation, long rank, long bodyId = 1, long length = 5)
    {
        var head = StoredResponses.Get(length: length, rank: rank);
        return new StoredResponse
        {
            Method = head.Method,
            TargetUri = head.TargetUri,
            StatusCode = head.StatusCode,
            HttpVersion = head.HttpVersion,
            Fields = head.Fields,
            Times = head.Times,
            BodyLength = length,
            Variant = head.Variant,
            Rank = rank,
            Generation = generation,
            BodyId = bodyId,
        };
    }
}
