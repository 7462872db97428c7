using Microsoft.Extensions.Configuration;

namespace HttpCaching.DependencyInjection;

/// <summary>
/// Reads options from configuration. An unknown key or a value of another kind does not end the reading: the errors are kept in the options, whose validation tells
/// all of them together with its own.
/// </summary>
internal sealed class ConfigurationReader(HttpCacheOptions options)
{
    private const int LongestValue = 80;

    private readonly IReadOnlyList<OptionRow> _rows = OptionTable.Rows();

    /// <summary>Sets options.</summary>
    /// <param name="configuration">The section whose keys are the options.</param>
    public void Read(IConfiguration configuration)
    {
        options.Sections.Add(configuration);
        if (configuration is IConfigurationSection { Value.Length: > 0 } section)
        {
            Refuse($"{section.Path} is '{Shortened(section.Value)}'; give it keys below, one for each option.");
        }

        foreach (var child in configuration.GetChildren())
        {
            if (Same(child.Key, RuleReader.Key))
            {
                new RuleReader(options).Read(child);
            }
            else if (_rows.FirstOrDefault(row => row.Group.Length > 0 && Same(row.Group, child.Key)) is { } member)
            {
                ReadGroup(child, member.Group);
            }
            else
            {
                ReadOption(child, string.Empty);
            }
        }
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string Shortened(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + "…";

    private void ReadGroup(IConfigurationSection section, string group)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Refuse($"{section.Path} is '{Shortened(section.Value)}', but {group} is a group of options; give it keys below, such as {section.Path}:{_rows.First(row => row.Group == group).Name}.");
        }

        foreach (var child in section.GetChildren())
        {
            ReadOption(child, group);
        }
    }

    private void ReadOption(IConfigurationSection section, string group)
    {
        if (_rows.FirstOrDefault(row => Same(row.Group, group) && Same(row.Name, section.Key)) is not { } row)
        {
            Refuse($"{section.Path} is not an option of the cache. The nearest is {NearestTo(section, group)}; correct the key or remove it.");
        }
        else if (row.Expected is null)
        {
            Refuse($"{section.Path} takes an object, which configuration can't give; set {row.Path.Replace(':', '.')} in code.");
        }
        else if (HasUnexpectedKeys(row, section) || !row.TryRead(options, section))
        {
            Refuse($"{section.Path} is {ValueOf(row, section)}; set it to {row.Expected}.");
        }
    }

    private static bool HasUnexpectedKeys(OptionRow row, IConfigurationSection section) =>
        row.Expected is not OptionRow.ListKind && section.GetChildren().Any();

    private static string ValueOf(OptionRow row, IConfigurationSection section) =>
        section.GetChildren().FirstOrDefault() is { } child ? $"a section with the key {child.Path}"
        : section.Value is not { } value ? "null"
        : row.IsSecret ? "set to something else"
        : $"'{Shortened(value)}'";

    /// <summary>The path of the option or group whose name differs least.</summary>
    private string NearestTo(IConfigurationSection section, string group)
    {
        var options = _rows.Select(row => (row.Path, Distance: Math.Min(
            EditDistance.Between(group + section.Key, row.Group + row.Name),
            EditDistance.Between(section.Key, row.Name) + (Same(row.Group, group) ? 0 : 1))));

        // Keys below a key that is unknown are meant for a group.
        var groups = group.Length == 0 && section.GetChildren().Any()
            ? _rows.Where(row => row.Group.Length > 0).Select(row => (Path: row.Group, Distance: EditDistance.Between(section.Key, row.Group)))
            : [];
        var rules = group.Length == 0 ? new[] { (Path: RuleReader.Key, Distance: EditDistance.Between(section.Key, RuleReader.Key)) } : [];
        return options.Concat(groups).Concat(rules).MinBy(candidate => candidate.Distance).Path;
    }

    private void Refuse(string error) => options.ConfigurationErrors.Add(error);
}
