using System.Net.Http.Headers;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;

namespace HttpCaching.Http;

/// <summary>A caller's wishes for content codings in Accept-Encoding (RFC 9110 §12.5.3).</summary>
internal sealed class AcceptedCodings
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string Identity = "identity";
    private const string Any = "*";

    private readonly List<string> _members = [];
    private readonly List<Preference> _listed = [];

    private AcceptedCodings()
    {
    }

    /// <summary>The caller's wishes; null if it has stated none.</summary>
    /// <param name="headers">The request's header lines.</param>
    public static AcceptedCodings? Of(HttpRequestHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(AcceptEncoding, out var values))
        {
            return null;
        }

        var codings = new AcceptedCodings();
        foreach (var value in values)
        {
            codings._members.AddRange(FieldText.SplitList(value));
        }

        codings._listed.AddRange(codings._members.Select(member => Preference.Parse(member, isEncoding: true)));

        return codings;
    }

    /// <summary>Whether the caller names the coding, with whatever weight.</summary>
    /// <param name="coding">The coding.</param>
    public bool Names(string coding) => WeightOf(coding) is not null;

    /// <summary>
    /// Whether the caller refuses the coding: by a weight of zero for it or for all others, or by naming only <c>identity</c>. Leaving a coding out
    /// of a list is no refusal: the list may be that of the codings that the caller decodes itself.
    /// </summary>
    /// <param name="coding">The coding.</param>
    public bool Refuses(string coding)
    {
        if (WeightOf(coding) is { } weight)
        {
            return weight == 0;
        }

        if (WeightOf(Any) is { } others)
        {
            return others == 0;
        }

        return WeightOf(Identity) > 0 && !_listed.Exists(p => p.Quality > 0 && !p.Name.Equals(Identity, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// The list for a caller that is to get none of the codings: without them, without <c>*</c>, which would let them in, and without a refusal of the plain
    /// form. Null if the list allows none of them as it stands.
    /// </summary>
    /// <param name="codings">The codings.</param>
    public IReadOnlyCollection<string>? Without(string[] codings)
    {
        if (!Array.Exists(codings, coding => Names(coding) || Names(Any)))
        {
            return null;
        }

        return [.. _members.Where((_, i) => !IsLeftOut(_listed[i]))];

        bool IsLeftOut(Preference preference) =>
            preference.Name == Any
            || (preference.Quality == 0 && preference.Name.Equals(Identity, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(codings, coding => coding.Equals(preference.Name, StringComparison.OrdinalIgnoreCase));
    }

    private int? WeightOf(string coding)
    {
        foreach (var preference in _listed)
        {
            if (preference.Name.Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return preference.Quality;
            }
        }

        return null;
    }
}
