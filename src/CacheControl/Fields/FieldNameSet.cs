namespace HttpCaching.Fields;

/// <summary>The names of field lines, for looking many up among many in linear time. Few are compared one by one, which needs no set.</summary>
/// <param name="fields">The lines.</param>
internal readonly struct FieldNameSet(HttpFields fields)
{
    private const int FewLines = 16;

    private readonly HashSet<string>? _names = fields.Count > FewLines ? NamesOf(fields) : null;

    /// <summary>Whether a line has this name.</summary>
    /// <param name="name">The field name.</param>
    public bool Contains(string name) => _names is null ? fields.Contains(name) : _names.Contains(name);

    private static HashSet<string> NamesOf(HttpFields fields)
    {
        var names = new HashSet<string>(fields.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var line in fields.Lines)
        {
            names.Add(line.Name);
        }

        return names;
    }
}
