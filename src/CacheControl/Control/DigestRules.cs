using System.Security.Cryptography;
using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Control;

/// <summary>Which digest a body can be checked against (RFC 9530).</summary>
internal static class DigestRules
{
    /// <summary>The strongest digest that Content-Digest, or for a whole representation Repr-Digest, states; null if there is none we know.</summary>
    public static ExpectedDigest? Expected(HttpResponseMessage response) =>
        Read(response, FieldNames.ContentDigest)
        ?? (response.StatusCode == System.Net.HttpStatusCode.OK ? Read(response, FieldNames.ReprDigest) : null);

    /// <summary>The digest that Repr-Digest states of a whole representation joined of parts; Content-Digest is that of one part.</summary>
    public static ExpectedDigest? OfJoined(HttpFields fields) => fields.Combined(FieldNames.ReprDigest) is { } value ? Read(value) : null;

    private static ExpectedDigest? Read(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? Read(values.ToString())
            : null;

    private static ExpectedDigest? Read(string value)
    {
        if (!StructuredParser.TryParseDictionary(value, out var digests))
        {
            return null;
        }

        return Member(digests, "sha-512", HashAlgorithmName.SHA512) ?? Member(digests, "sha-256", HashAlgorithmName.SHA256);
    }

    private static ExpectedDigest? Member(StructuredDictionary digests, string key, HashAlgorithmName algorithm) =>
        digests.TryGet(key, out var member) && member is StructuredItem item && item.Value.TryGetBytes(out var bytes)
            ? new ExpectedDigest(algorithm, bytes)
            : null;
}
