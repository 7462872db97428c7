using System.Text;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>
/// The value of a nominated request field in the form in which two requests are compared (RFC 9111 §4.1). Two values get the same form
/// only if they mean the same.
/// </summary>
internal static class SelectingValue
{
    /// <summary>The joined and normalised value, or null if the field is absent; an empty value is not absent.</summary>
    /// <param name="name">The nominated field name.</param>
    /// <param name="requestFields">The original request's fields.</param>
    /// <param name="languageOrderSignificant">Whether languages of equal preference keep their order.</param>
    /// <param name="known">Normal forms of values seen lately, all made with the same meaning of languages' order; null to work without.</param>
    public static string? Normalize(string name, HttpFields requestFields, bool languageOrderSignificant, NormalizedValues? known = null)
    {
        var value = requestFields.Combined(name);
        if (value is null)
        {
            return null;
        }

        var kind = HttpFields.SameName(name, FieldNames.AcceptEncoding) ? PreferenceKind.Encodings
            : HttpFields.SameName(name, FieldNames.AcceptLanguage) ? (languageOrderSignificant ? PreferenceKind.OrderedLanguages : PreferenceKind.UnorderedLanguages)
            : HttpFields.SameName(name, FieldNames.Accept) ? PreferenceKind.MediaTypes
            : PreferenceKind.None;
        return kind == PreferenceKind.None ? WithoutSpaceAroundCommas(value)
            : known is not null ? known.Of(kind, value)
            : NormalForm(kind, value);
    }

    /// <summary>The normal form of a list of preferences.</summary>
    /// <param name="kind">What they are about.</param>
    /// <param name="value">The combined value.</param>
    public static string NormalForm(PreferenceKind kind, string value)
    {
        // Members could not be told apart again once something stands behind the open quote.
        if (FieldText.HasOpenQuote(value))
        {
            return WithoutSpaceAroundCommas(value);
        }

        return kind switch
        {
            PreferenceKind.Encodings => IsPlain(value) && IsSortedSet(value) ? value : Join(Preferences(value, isEncoding: true), SortByName),
            PreferenceKind.UnorderedLanguages => IsPlain(value) && !value.Contains(',') ? value : Join(Preferences(value, isEncoding: false), SortByQuality),
            _ => IsPlain(value) ? value : Join(Preferences(value, isEncoding: false), KeepOrder),
        };
    }

    // Lower case, no parameters, no whitespace, no empty members: nothing to do but perhaps to sort.
    private static bool IsPlain(string value)
    {
        var previous = ',';
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && !"-*/+._,".Contains(c) || (c == ',' && previous == ','))
            {
                return false;
            }

            previous = c;
        }

        return previous != ',' || value.Length == 0;
    }

    private static bool IsSortedSet(ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> previous = default;
        while (FieldText.TryTakeMember(ref value, ',', out var member))
        {
            if (member.StartsWith("x-") || previous.SequenceCompareTo(member) >= 0)
            {
                return false;
            }

            previous = member;
        }

        return true;
    }

    private static List<Preference> Preferences(ReadOnlySpan<char> rest, bool isEncoding)
    {
        var members = new List<Preference>();
        while (FieldText.TryTakeMember(ref rest, ',', out var member))
        {
            if (!member.IsEmpty)
            {
                members.Add(Preference.Parse(member, isEncoding));
            }
        }

        return members;
    }

    private static IEnumerable<Preference> KeepOrder(List<Preference> members) => members;

    // The sort is stable, so a coding listed twice with different weights keeps its contradiction.
    private static IEnumerable<Preference> SortByName(List<Preference> members) =>
        members.OrderBy(member => member.Name, StringComparer.Ordinal).Distinct();

    private static IEnumerable<Preference> SortByQuality(List<Preference> members) =>
        members.OrderByDescending(member => member.Quality).ThenBy(member => member.Name, StringComparer.Ordinal);

    private static string Join(List<Preference> members, Func<List<Preference>, IEnumerable<Preference>> order) =>
        string.Join(',', order(members).Select(member => member.Text));

    /// <summary>The value without optional whitespace around its commas, whose members are not told apart further.</summary>
    public static string WithoutSpaceAroundCommas(string value)
    {
        if (IsFreeOfSpaceAroundCommas(value))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        ReadOnlySpan<char> rest = value;
        while (true)
        {
            var end = FieldText.IndexOfUnquoted(rest, ',', out _);
            text.Append(FieldText.TrimOws(rest[..end]));
            if (end == rest.Length)
            {
                return text.ToString();
            }

            text.Append(',');
            rest = rest[(end + 1)..];
        }
    }

    private static bool IsFreeOfSpaceAroundCommas(ReadOnlySpan<char> rest)
    {
        while (true)
        {
            var end = FieldText.IndexOfUnquoted(rest, ',', out _);
            if (FieldText.TrimOws(rest[..end]).Length != end)
            {
                return false;
            }

            if (end == rest.Length)
            {
                return true;
            }

            rest = rest[(end + 1)..];
        }
    }
}
