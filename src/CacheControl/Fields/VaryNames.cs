namespace CacheControl.Fields;

/// <summary>The request fields that a response's Vary nominates (RFC 9110 §12.5.5).</summary>
internal sealed class VaryNames
{
    private static readonly VaryNames Any = new(isAny: true, []);

    private VaryNames(bool isAny, IReadOnlyList<string> names)
    {
        IsAny = isAny;
        Names = names;
    }

    /// <summary>No Vary, or one without members.</summary>
    public static VaryNames None { get; } = new(isAny: false, []);

    /// <summary>
    /// Whether no later request can be known to match: a member is `*`, or is not a field name, so that what it nominates is unknown.
    /// </summary>
    public bool IsAny { get; }

    /// <summary>The names in order as written, each once without regard to case; empty if <see cref="IsAny"/>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads all Vary lines.</summary>
    /// <param name="fields">The response's fields.</param>
    public static VaryNames Parse(HttpFields fields)
    {
        List<string>? names = null;
        for (var line = fields.IndexOf(FieldNames.Vary, 0); line >= 0; line = fields.IndexOf(FieldNames.Vary, line + 1))
        {
            ReadOnlySpan<char> rest = fields[line].Value;
            while (FieldText.TryTakeMember(ref rest, ',', out var member))
            {
                if (member.IsEmpty)
                {
                    continue;
                }

                if (member is "*" || !FieldText.IsToken(member))
                {
                    return Any;
                }

                Add(names ??= [], member);
            }
        }

        return names is null ? None : new VaryNames(isAny: false, names);
    }

    private static void Add(List<string> names, ReadOnlySpan<char> name)
    {
        foreach (var known in names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }

        names.Add(name.ToString());
    }
}
