using System.Net.Http.Headers;

namespace HttpCaching.Http;

/// <summary>Copies header lines as they are: typed getters and validating copies would change their bytes.</summary>
internal static class RawHeaders
{
    /// <summary>Adds every line of <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <param name="source">The headers to read.</param>
    /// <param name="target">The headers to add to.</param>
    public static void Copy(HttpHeaders source, HttpHeaders target)
    {
        foreach (var header in source.NonValidated)
        {
            Add(target, header.Key, header.Value);
        }
    }

    /// <summary>Adds all values of one field.</summary>
    /// <param name="target">The headers to add to.</param>
    /// <param name="name">The field name.</param>
    /// <param name="values">The values; each stays one of its own.</param>
    public static void Add(HttpHeaders target, string name, HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            target.TryAddWithoutValidation(name, values.ToString());
            return;
        }

        foreach (var value in values)
        {
            target.TryAddWithoutValidation(name, value);
        }
    }
}
