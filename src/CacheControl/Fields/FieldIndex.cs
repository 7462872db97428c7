namespace HttpCaching.Fields;

/// <summary>Field lines by name, for comparing many with many in linear time.</summary>
internal sealed class FieldIndex
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sorts the lines by their names.</summary>
    /// <param name="fields">The lines.</param>
    public FieldIndex(HttpFields fields)
    {
        foreach (var line in fields.Lines)
        {
            if (!_values.TryGetValue(line.Name, out var values))
            {
                _values.Add(line.Name, values = []);
            }

            values.Add(line.Value);
        }
    }

    /// <summary>The values of all lines with this name, in order; empty if there is none.</summary>
    /// <param name="name">The field name.</param>
    public IReadOnlyList<string> ValuesOf(string name) => _values.TryGetValue(name, out var values) ? values : [];

    /// <summary>The same joined by ", ", or <see langword="null"/> if there is none.</summary>
    /// <param name="name">The field name.</param>
    public string? Combined(string name) => _values.TryGetValue(name, out var values) ? string.Join(", ", values) : null;
}
