using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>A cell is a list of statuses and ranges; all from 0 to 700 are asked.</summary>
public sealed class StatusRulesTests
{
    [Theory]
    [InlineData("HEU-1", "open to heuristics", "200 203-204 206 300-301 308 404-405 410 414 451 501")]
    public void IsHeuristicallyCacheable_All_These(string spec, string name, string expected) =>
        List(StatusRules.IsHeuristicallyCacheable).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("STO-6", "understood", "200-206 300-305 307-308 400-417 421-422 425-426 428-429 431 451 500-505 511")]
    public void IsUnderstood_All_These(string spec, string name, string expected) =>
        List(StatusRules.IsUnderstood).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("STA-4", "never stored, with a lifetime", true, "0-199 304 401 407 412 416-417 428-429 431 511 600-700")]
    [InlineData("STA-4", "never stored, without a lifetime", false, "0-199 304 400-401 407 412-413 416-417 428-429 431 511 600-700")]
    public void IsNeverStored_All_These(string spec, string name, bool hasLifetime, string expected) =>
        List(status => StatusRules.IsNeverStored(status, hasLifetime)).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("STL-5", "errors that a stale response is served for", "500 502-504")]
    public void IsErrorForStale_All_These(string spec, string name, string expected) =>
        List(StatusRules.IsErrorForStale).Should().Be(expected, $"{spec}: {name}");

    private static string List(Func<int, bool> rule)
    {
        var runs = new List<(int First, int Last)>();
        foreach (var status in Enumerable.Range(0, 701).Where(rule))
        {
            if (runs.Count > 0 && runs[^1].Last == status - 1)
            {
                runs[^1] = (runs[^1].First, status);
            }
            else
            {
                runs.Add((status, status));
            }
        }

        return string.Join(' ', runs.Select(run => run.First == run.Last ? $"{run.First}" : $"{run.First}-{run.Last}"));
    }
}
