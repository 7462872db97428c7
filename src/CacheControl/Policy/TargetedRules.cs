using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Policy;

/// <summary>Which field's directives apply to this cache (RFC 9213 §2.2).</summary>
internal static class TargetedRules
{
    /// <summary>
    /// The directives of the first listed field that is present, valid and not empty; else those of Cache-Control.
    /// A targeted field replaces Cache-Control and Expires wholly.
    /// </summary>
    public static (ResponseDirectives Directives, bool IsTargeted) DirectivesFor(HttpFields fields, PolicySettings settings)
    {
        var (stated, isTargeted) = StatedFor(fields, settings);
        return (settings.Rule is { } rule ? rule.Without(stated) : stated, isTargeted);
    }

    private static (ResponseDirectives Directives, bool IsTargeted) StatedFor(HttpFields fields, PolicySettings settings)
    {
        foreach (var name in settings.TargetedFields)
        {
            if (fields.Combined(name) is { } value
                && StructuredParser.TryParseDictionary(value, out var dictionary)
                && dictionary.Count > 0
                && ResponseDirectives.FromTargeted(dictionary) is { } targeted)
            {
                return (targeted, true);
            }
        }

        return (ResponseDirectives.Parse(fields), false);
    }
}
