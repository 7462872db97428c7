using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The codings of a content (RFC 9110 §8.4).</summary>
internal static class ContentCodings
{
    /// <summary>
    /// The codings in the order in which they were applied, in lower case and under their usual names, without <c>identity</c>; empty if the bytes are plain.
    /// </summary>
    /// <param name="fields">The fields of a response.</param>
    public static string Of(HttpFields fields) =>
        fields.Combined(FieldNames.ContentEncoding) is { } value
            ? string.Join(',', FieldText.SplitList(value).Select(NameOf).Where(name => name != "identity"))
            : string.Empty;

    /// <summary>The coding that was applied last, in lower case; empty for none.</summary>
    /// <param name="contentEncoding">The field value.</param>
    public static string LastOf(string contentEncoding) => FieldText.SplitList(contentEncoding).LastOrDefault(string.Empty).ToLowerInvariant();

    /// <summary>Whether a request's Accept-Encoding names a coding that a response to it may therefore have: any but <c>identity</c>, and none with weight 0.</summary>
    /// <param name="acceptEncoding">The field value, or <see langword="null"/>.</param>
    public static bool IsAnyAccepted(string? acceptEncoding)
    {
        foreach (var member in FieldText.SplitList(acceptEncoding ?? string.Empty))
        {
            var semicolon = member.IndexOf(';', StringComparison.Ordinal);
            var name = FieldText.TrimOws(semicolon < 0 ? member : member.AsSpan(0, semicolon));
            if (!name.Equals("identity", StringComparison.OrdinalIgnoreCase) && !(semicolon >= 0 && IsZeroWeight(member.AsSpan(semicolon + 1))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a request's Accept-Encoding names the coding, with whatever weight.</summary>
    /// <param name="acceptEncoding">The field value, or <see langword="null"/>.</param>
    /// <param name="coding">The coding.</param>
    public static bool Names(string? acceptEncoding, string coding) =>
        FieldText.SplitList(acceptEncoding ?? string.Empty).Any(member => FieldText.TrimOws(member.AsSpan(0, (member + ";").IndexOf(';', StringComparison.Ordinal))).Equals(coding, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(string coding) => coding.ToLowerInvariant() switch
    {
        "x-gzip" => "gzip",
        "x-compress" => "compress",
        var name => name,
    };

    private static bool IsZeroWeight(ReadOnlySpan<char> parameters)
    {
        var weight = FieldText.TrimOws(parameters);
        return weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && !weight[2..].ContainsAnyExcept("0. \t");
    }
}
