using Microsoft.Extensions.Configuration;

namespace HttpCaching.DependencyInjection;

/// <summary>Reads rules from configuration: a list of sections, each with the pattern in <c>Match</c>.</summary>
/// <param name="options">The options, which get the rules and the errors.</param>
internal sealed class RuleReader(HttpCacheOptions options)
{
    /// <summary>The key of the list.</summary>
    public const string Key = "Rules";

    private const string Match = "Match";

    private readonly IReadOnlyList<RuleRow> _rows = RuleRow.All();

    /// <summary>Adds the rules of a list. Rules of an earlier reading, which were in code, stay before them.</summary>
    /// <param name="list">The list.</param>
    public void Read(IConfigurationSection list)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            Refuse($"{list.Path} is '{list.Value}', but it is a list of rules; give each rule keys below, such as {list.Path}:0:{Match}.");
        }

        foreach (var section in list.GetChildren())
        {
            ReadRule(section);
        }
    }

    private void ReadRule(IConfigurationSection section)
    {
        var before = options.ConfigurationErrors.Count;
        if (string.IsNullOrEmpty(section[Match]))
        {
            Refuse($"{section.Path} has no {Match}; give it the pattern of the URIs that it is for, such as https://api.example.org/*.");
        }

        var rule = new CacheRule();
        foreach (var child in section.GetChildren())
        {
            if (Same(child.Key, Match))
            {
                continue;
            }

            if (_rows.FirstOrDefault(row => Same(row.Name, child.Key)) is not { } row)
            {
                var nearest = _rows.Select(candidate => candidate.Name).Append(Match).MinBy(name => EditDistance.Between(name, child.Key));
                Refuse($"{child.Path} is not a setting of a rule. The nearest is {nearest}; correct the key or remove it.");
            }
            else if (!row.TryRead(rule, child))
            {
                Refuse($"{child.Path} is {Told(child)}; set it to {row.Expected}.");
            }
        }

        options.Rules.Add(new WrittenRule(section[Match], rule, IsBroken: options.ConfigurationErrors.Count > before));
    }

    private static string Told(IConfigurationSection section) => section.Value is { } value ? $"'{value}'" : section.GetChildren().ToArray() switch
    {
        [] => "null",
        var elements when elements.All(element => element.Value is not null && element.Key.All(char.IsAsciiDigit)) => $"the list {string.Join(", ", elements.Select(Told))}",
        _ => "a section",
    };

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private void Refuse(string error) => options.ConfigurationErrors.Add(error);
}
