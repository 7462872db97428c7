using System.Reflection;
using HttpCaching.Policy;
using HttpCaching.Tests.Spec;
using Xunit.Sdk;

namespace HttpCaching.Tests.Policy;

/// <summary>What all decision tables of this folder have in common.</summary>
public sealed class DecisionTableTests
{
    private static readonly MethodInfo[] Theories =
    [
        .. typeof(DecisionTableTests).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(DecisionTableTests).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<TheoryAttribute>() is not null),
    ];

    [Fact]
    public void FirstColumns_AreRequirements()
    {
        var known = Requirement.ReadAll().Select(requirement => requirement.Id).ToHashSet();

        var unknown = from theory in Theories
                      from row in Rows(theory)
                      where row[0] is not string id || !known.Contains(id)
                      select $"{theory.DeclaringType!.Name}.{theory.Name}: {row[0]}";

        unknown.Distinct().Should().BeEmpty("docs/requirements.tsv has to have the id in the first column");
    }

    [Fact]
    public void SecondColumns_TellTheRowsOfATableApart()
    {
        var twice = from theory in Theories
                    where theory.GetParameters() is [_, { Name: "name" }, ..]
                    from same in Rows(theory).GroupBy(row => $"{row[0]}: {row[1]}")
                    where same.Count() > 1 || same.Key.EndsWith(": ", StringComparison.Ordinal)
                    select $"{theory.DeclaringType!.Name}.{theory.Name}: {same.Key}";

        twice.Should().BeEmpty("each case has a name of its own");
    }

    [Fact]
    public void Rules_HaveATable()
    {
        var rules = typeof(ReuseRules).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(ReuseRules).Namespace && type.Name.EndsWith("Rules", StringComparison.Ordinal))
            .Select(type => type.Name + "Tests");

        rules.Except(Theories.Select(theory => theory.DeclaringType!.Name)).Should().BeEmpty("a rule is tested with values alone, beside the walk");
    }

    private static IEnumerable<object[]> Rows(MethodInfo theory) => theory.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(theory));
}
