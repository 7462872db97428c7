using System.Collections.Immutable;
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

    /// <summary>The selections, the one that names the variant first; a single "*" if no request can be known to match.</summary>
    /// <param name="presented">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="updated">Its updated fields.</param>
    /// <param name="changedBelow">Names of request fields that a handler below the cache changed.</param>
    /// <param name="mayFile">Whether the response answers this request, whatever it fitted before.</param>
    /// <param name="settings">The settings.</param>
    public static ImmutableArray<SelectingFields> Of(
        RequestHead presented, StoredResponse stored, HttpFields updated, IReadOnlyList<string> changedBelow, bool mayFile, PolicySettings settings)
    {
        var vary = VaryNames.Parse(updated);
        var names = SelectionRules.WithAdded(NamesOf(stored, vary), settings);
        if (vary.IsAny || names.Count > VaryNames.MaximumNames)
        {
            return [Never];
        }

        var own = SelectionRules.SelectingFieldsOf(presented, names, changedBelow, settings);
        var kept = new List<SelectingFields>();
        var isFiled = false;
        foreach (var selection in stored.FurtherSelections.Prepend(stored.SelectingFields))
        {
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

        return kept.Count == 0 ? [Never] : [.. kept];
    }

    /// <summary>The names that tell the requests for a stored response apart: those of its Vary, and those of a Vary that it had before.</summary>
    public static IReadOnlyList<string> NamesOf(StoredResponse stored, VaryNames vary)
    {
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

    private static bool Matches(RequestHead presented, SelectingFields selection, PolicySettings settings) =>
        selection.Fields.All(f => f.Name != "*" && SelectionRules.ValueOf(f.Name, presented.Fields, settings) == f.Value);

    /// <summary>Whether the value is known of each field that Vary names now.</summary>
    private static bool NamesAll(SelectingFields selection, VaryNames vary)
    {
        var known = new HashSet<string>(selection.Fields.Select(f => f.Name), StringComparer.OrdinalIgnoreCase);
        return !known.Contains("*") && vary.Names.All(known.Contains);
    }

    private static int LengthOf(SelectingFields selection) => selection.Fields.Sum(f => f.Name.Length + (f.Value?.Length ?? 0));
}
