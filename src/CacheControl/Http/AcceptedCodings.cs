using System.Net.Http.Headers;
using CacheControl.Fields;

namespace CacheControl.Http;

/// <summary>What a caller's Accept-Encoding says of content codings (RFC 9110 §12.5.3).</summary>
internal sealed class AcceptedCodings
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string Identity = "identity";
    private const string Any = "*";

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
            codings._listed.AddRange(FieldText.SplitList(value).Select(member => Preference.Parse(member, isEncoding: true)));
        }

        return codings;
    }

    /// <summary>Whether the caller names the coding, with whatever weight.</summary>
    /// <param name="coding">The coding.</param>
    public bool Names(string coding) => WeightOf(coding) is not null;

    /// <summary>
    /// Whether the caller will not have the coding: by a weight of zero for it or for all others, or by naming nothing but <c>identity</c>. To leave a coding out
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
