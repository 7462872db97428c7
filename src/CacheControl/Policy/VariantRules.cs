using System.Security.Cryptography;
using System.Text;

namespace HttpCaching.Policy;

/// <summary>The identity of a stored response under its key: a later response to the same request takes its place.</summary>
internal static class VariantRules
{
    /// <summary>A text that is equal for equal method, completeness and selecting fields; short, whatever the fields hold.</summary>
    public static string IdOf(string method, PartRange? part, SelectingFields selecting)
    {
        var id = part is null ? method : method + "+part";
        if (selecting.Fields.Count == 0)
        {
            return id;
        }

        var text = new StringBuilder();
        foreach (var field in selecting.Fields.OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase))
        {
            // Lengths in front keep ("a", "bc") and ("ab", "c") apart.
            text.Append(field.Name.Length).Append(':').Append(field.Name.ToLowerInvariant());
            text.Append(field.Value?.Length ?? -1).Append(':').Append(field.Value);
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return string.Concat(id, ":", Convert.ToHexStringLower(digest.AsSpan(0, 16)));
    }
}
