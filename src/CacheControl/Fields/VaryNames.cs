using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The request fields that a response's Vary nominates (RFC 9110 §12.5.5).</summary>
internal sealed class VaryNames
{
    /// <summary>How many names count; a response that nominates more matches no later request.</summary>
    public const int MaximumNames = 128;

    private const int FewNames = 16;

    private static readonly VaryNames Any = new(isAny: true, []);

    private VaryNames(bool isAny, IReadOnlyList<string> names)
    {
        IsAny = isAny;
        Names = names;
    }

    /// <summary>No Vary, or one without members.</summary>
    public static VaryNames None { get; } = new(isAny: false, []);

    /// <summary>
    /// Whether no later request can be known to match: a member is `*`, a member is not a field name and so nominates an unknown field, or there are too many.
    /// </summary>
    public bool IsAny { get; }

    /// <summary>The names in order as written, each once without regard to case; empty if <see cref="IsAny"/>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads all Vary lines.</summary>
    /// <param name="fields">The response's fields.</param>
    public static VaryNames Parse(HttpFields fields)
    {
        List<string>? names = null;
        HashSet<string>? known = null;
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

                if (!Add(names ??= [], ref known, member))
                {
                    return Any;
                }
            }
        }

        return names is null ? None : new VaryNames(isAny: false, names);
    }

    // A set is worth its allocation for many names only, which hardly any response has.
    private static bool Add(List<string> names, ref HashSet<string>? known, ReadOnlySpan<char> name)
    {
        if (names.Count < FewNames)
        {
            foreach (var one in names)
            {
                if (name.Equals(one, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            names.Add(name.ToString());
            return true;
        }

        known ??= new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var text = name.ToString();
        if (known.Add(text))
        {
            names.Add(text);
        }

        return names.Count <= MaximumNames;
    }
}
