using HttpCaching.Conformance.Scoring;

namespace HttpCaching.Conformance;

/// <summary>How the results of two turns become one.</summary>
public sealed class SuiteResultsTests
{
    private const string First = """{"a": true, "b": ["Setup", "not from cache"], "c": ["Assertion", "wrong"]}""";

    [Fact]
    public void Results_of_a_later_turn_replace_only_those_that_are_named()
    {
        var later = SuiteResults.Parse("""{"a": ["Assertion", "wrong"], "b": true, "c": true}""");

        var both = SuiteResults.Parse(First).With(new HashSet<string> { "b" }, later);

        both.Ids.Where(both.Passed).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public void A_test_that_a_later_turn_did_not_run_keeps_its_result()
    {
        var both = SuiteResults.Parse(First).With(new HashSet<string> { "b" }, SuiteResults.Parse("{}"));

        both.Message("b").Should().Be("Setup: not from cache");
    }
}
