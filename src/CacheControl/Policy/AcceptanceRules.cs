using HttpCaching.Fields;
using HttpCaching.Fields.Text;

namespace HttpCaching.Policy;

/// <summary>
/// Whether a request accepts the coding, language and type of a stored response (RFC 9110 §12.5). Origins answer 304 across all of them, so that only a
/// variant that the caller can read may be offered for validation.
/// </summary>
internal static class AcceptanceRules
{
    private const string Identity = "identity";

    // Of what an origin lists beyond these nothing is known to be accepted: each is compared with everything that the request lists.
    private const int MaximumMembers = 16;

    /// <summary>Whether the request accepts the representation.</summary>
    /// <param name="presented">The request's fields.</param>
    /// <param name="stored">The response's fields.</param>
    public static bool Accepts(HttpFields presented, HttpFields stored) =>
        AcceptsCoding(presented.Combined(FieldNames.AcceptEncoding), stored.Combined(FieldNames.ContentEncoding))
        && AcceptsLanguage(presented.Combined(FieldNames.AcceptLanguage), stored.Combined(FieldNames.ContentLanguage))
        && AcceptsType(presented.Combined(FieldNames.Accept), stored.First(FieldNames.ContentType));

    /// <summary>Every coding is accepted. Without Accept-Encoding none but identity is: a client that does not ask for a coding seldom undoes one.</summary>
    public static bool AcceptsCoding(string? accepted, string? codings)
    {
        var preferences = accepted is null ? null : Preferences(accepted, isEncoding: true);
        var applied = codings is null ? [] : Preferences(codings, isEncoding: true).Select(coding => coding.Name).Where(name => name != Identity).ToList();
        return applied.Count == 0
            ? preferences is null || (QualityOf(Identity, preferences) ?? 1) > 0
            : preferences is not null && applied.Count <= MaximumMembers && applied.TrueForAll(coding => QualityOf(coding, preferences) > 0);
    }

    /// <summary>One of the languages is accepted: by a range that it is in, or as the beginning of a longer range (RFC 4647 §3.3.1, §3.4).</summary>
    public static bool AcceptsLanguage(string? accepted, string? languages)
    {
        if (accepted is null || languages is null)
        {
            return true;
        }

        var preferences = Preferences(accepted, isEncoding: false);
        var tags = FieldText.SplitList(languages);
        return tags.Count == 0 || tags.Take(MaximumMembers).Any(tag => LanguageQuality(tag.ToLowerInvariant(), preferences) > 0);
    }

    /// <summary>The most specific range that the type is in decides (RFC 9110 §12.5.1).</summary>
    public static bool AcceptsType(string? accepted, string? type)
    {
        if (accepted is null || type is null)
        {
            return true;
        }

        var parts = Parts(type);
        var best = (Specificity: -1, Quality: 0);
        foreach (var member in FieldText.SplitList(accepted))
        {
            var range = Parts(member);
            var specificity = SpecificityOf(range, parts);
            if (specificity > best.Specificity)
            {
                best = (specificity, Preference.Parse(member, isEncoding: false).Quality);
            }
        }

        return best.Quality > 0;
    }

    private static List<Preference> Preferences(string list, bool isEncoding) =>
        FieldText.SplitList(list).ConvertAll(member => Preference.Parse(member, isEncoding));

    // What is listed twice counts by its least weight.
    private static int? QualityOf(string name, List<Preference> preferences) =>
        LeastOf(preferences.Where(p => p.Name == name)) ?? LeastOf(preferences.Where(p => p.Name == "*"));

    private static int LanguageQuality(string tag, List<Preference> preferences)
    {
        var containing = preferences.FindAll(p => p.Name == tag || tag.StartsWith(p.Name + "-", StringComparison.Ordinal));
        var longest = containing.Max(p => (int?)p.Name.Length);
        return LeastOf(containing.Where(p => p.Name.Length == longest))
            ?? MostOf(preferences.Where(p => p.Name.StartsWith(tag + "-", StringComparison.Ordinal) && p.Quality > 0))
            ?? LeastOf(preferences.Where(p => p.Name == "*"))
            ?? 0;
    }

    private static int? LeastOf(IEnumerable<Preference> preferences) => preferences.Min(p => (int?)p.Quality);

    private static int? MostOf(IEnumerable<Preference> preferences) => preferences.Max(p => (int?)p.Quality);

    /// <summary>A type or range in lower case and its parameters; a weight and all after it are none.</summary>
    private static (string Name, List<string> Parameters) Parts(string text)
    {
        ReadOnlySpan<char> rest = text;
        FieldText.TryTakeMember(ref rest, ';', out var name);
        var parameters = new List<string>();
        while (FieldText.TryTakeMember(ref rest, ';', out var parameter) && !parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
        {
            parameters.Add(parameter.ToString());
        }

        return (name.ToString().ToLowerInvariant(), parameters);
    }

    /// <summary>How much of a type a range names; -1 if the type is not in it.</summary>
    private static int SpecificityOf((string Name, List<string> Parameters) range, (string Name, List<string> Parameters) type)
    {
        if (type.Parameters.Count > MaximumMembers || !range.Parameters.TrueForAll(p => type.Parameters.Contains(p, StringComparer.OrdinalIgnoreCase)))
        {
            return -1;
        }

        var slash = range.Name.IndexOf('/');
        return range.Name == "*/*" ? 0
            : range.Name.EndsWith("/*", StringComparison.Ordinal) && type.Name.StartsWith(range.Name[..(slash + 1)], StringComparison.Ordinal) ? 1
            : range.Name == type.Name ? 2 + range.Parameters.Count
            : -1;
    }
}
