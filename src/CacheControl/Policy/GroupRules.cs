using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Policy;

/// <summary>Cache groups (RFC 9875): names by which an origin ties responses together, scoped to that origin.</summary>
internal static class GroupRules
{
    private const string Prefix = "group ";
    private const int MaximumGroups = 64;
    private const int MaximumLength = 128;

    public static bool IsOwn(string tag) => !tag.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Those of the tags that the application has given.</summary>
    public static IReadOnlyList<string> OwnOf(IReadOnlyList<string> tags) => tags.Count == 0 ? tags : [.. tags.Where(IsOwn)];

    /// <summary>The tags of the groups that a stored response belongs to.</summary>
    public static IEnumerable<string> TagsOf(string targetUri, HttpFields fields) => Names(targetUri, fields, FieldNames.CacheGroups);

    /// <summary>The tags of the groups that a response to an unsafe request asks to invalidate (RFC 9875 §3).</summary>
    public static IEnumerable<string> Invalidated(string targetUri, HttpFields fields) => Names(targetUri, fields, FieldNames.CacheGroupInvalidation);

    private static IEnumerable<string> Names(string targetUri, HttpFields fields, string field)
    {
        if (fields.Combined(field) is not { } value || !StructuredParser.TryParseList(value, out var list))
        {
            return [];
        }

        var origin = OriginRules.OriginOf(targetUri);
        var names = new List<string>();
        foreach (var member in list)
        {
            // One member of another type voids the field.
            if (member is not StructuredItem item || !item.Value.TryGetString(out var name))
            {
                return [];
            }

            if (names.Count < MaximumGroups && name.Length <= MaximumLength)
            {
                names.Add(string.Concat(Prefix, origin, " ", name));
            }
        }

        return names;
    }
}
