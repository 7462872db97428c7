using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>
/// Which requests a stored response answers once a 304 or a HEAD has updated it (RFC 9111 §3.2, §4.1): none that it did not answer before, but for the one
/// that the origin has just confirmed it for.
/// </summary>
internal static class UpdatedSelections
{
    private const int Maximum = 16;

    // Longer ones are rare, and would be written again with every update.
    private const int LongestFiled = 1024;

    private static readonly SelectingFields Never = new([new SelectingField("*", null)]);

    /// <summary>The selection that names the variant, and further ones; a single "*" if no request can be known to match.</summary>
    /// <param name="presented">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="updated">Its updated fields.</param>
    /// <param name="changedBelow">Names of request fields that a handler below the cache changed.</param>
    /// <param name="mayFile">Whether the response answers this request, whatever it fitted before.</param>
    /// <param name="settings">The settings.</param>
    public static (SelectingFields First, IReadOnlyList<SelectingFields> Further) Of(
        RequestHead presented, StoredResponse stored, HttpFields updated, IReadOnlyList<string> changedBelow, bool mayFile, PolicySettings settings)
    {
        var vary = VaryNames.Parse(updated);
        var names = SelectionRules.WithAdded(NamesOf(stored, vary), settings);
        if (vary.IsAny || names.Count > VaryNames.MaximumNames)
        {
            return (Never, []);
        }

        if (names.Count == 0 && stored.FurtherSelections.Count == 0 && stored.SelectingFields.Fields.Count == 0)
        {
            return (SelectingFields.None, []);
        }

        var own = SelectionRules.SelectingFieldsOf(presented, names, changedBelow, settings);
        var kept = new List<SelectingFields>();
        var isFiled = false;
        for (var i = -1; i < stored.FurtherSelections.Count; i++)
        {
            var selection = SelectionOf(stored, i);
            if (!isFiled && Matches(presented, selection, settings) && !SelectionRules.NeverMatches(own))
            {
                kept.Add(own);
                isFiled = true;
            }
            else if (NamesAll(selection, vary))
            {
                kept.Add(selection);
            }
        }

        if (!isFiled && mayFile && !SelectionRules.NeverMatches(own) && LengthOf(own) <= LongestFiled)
        {
            kept.Add(own);
        }

        if (kept.Count > Maximum)
        {
            kept.RemoveRange(1, kept.Count - Maximum);
        }

        return kept.Count == 0 ? (Never, []) : (kept[0], kept.Count == 1 ? [] : kept[1..]);
    }

    private static SelectingFields SelectionOf(StoredResponse stored, int index) => index < 0 ? stored.SelectingFields : stored.FurtherSelections[index];

    /// <summary>The names that tell the requests for a stored response apart: those of its Vary, and those of a Vary that it had before.</summary>
    public static IReadOnlyList<string> NamesOf(StoredResponse stored, VaryNames vary)
    {
        if (stored.FurtherSelections.Count == 0 && NamesTheSame(stored.SelectingFields, vary))
        {
            return vary.Names;
        }

        var names = new List<string>(vary.Names);
        var known = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase) { "*" };
        foreach (var field in stored.FurtherSelections.Prepend(stored.SelectingFields).SelectMany(selection => selection.Fields))
        {
            if (known.Add(field.Name))
            {
                names.Add(field.Name);
            }
        }

        return names;
    }

    /// <summary>Whether a selection has just the fields that Vary names now, in its order, as it is as a rule.</summary>
    private static bool NamesTheSame(SelectingFields selection, VaryNames vary)
    {
        for (var i = 0; i < vary.Names.Count && i < selection.Fields.Count; i++)
        {
            if (!HttpFields.SameName(selection.Fields[i].Name, vary.Names[i]))
            {
                return false;
            }
        }

        return selection.Fields.Count == vary.Names.Count;
    }

    private static bool Matches(RequestHead presented, SelectingFields selection, PolicySettings settings)
    {
        for (var i = 0; i < selection.Fields.Count; i++)
        {
            var field = selection.Fields[i];
            if (field.Name == "*" || SelectionRules.ValueOf(field.Name, presented.Fields, settings) != field.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the value is known of each field that Vary names now.</summary>
    private static bool NamesAll(SelectingFields selection, VaryNames vary)
    {
        var known = new HashSet<string>(selection.Fields.Select(f => f.Name), StringComparer.OrdinalIgnoreCase);
        return !known.Contains("*") && vary.Names.All(known.Contains);
    }

    private static int LengthOf(SelectingFields selection) => selection.Fields.Sum(f => f.Name.Length + (f.Value?.Length ?? 0));
}
