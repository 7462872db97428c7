namespace HttpCaching.Http;

/// <summary>A request's method as it goes out: the platform writes the methods that it knows in capitals, whatever case they were given in.</summary>
internal static class SentMethod
{
    // Methods that differ in case otherwise are different methods (RFC 9110 §9.1).
    private static readonly string[] Known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "TRACE", "CONNECT"];

    /// <summary>The method token.</summary>
    /// <param name="method">The method.</param>
    public static string Of(HttpMethod method) => Of(method.Method);

    /// <summary>The method token of a name.</summary>
    /// <param name="name">The name.</param>
    public static string Of(string name)
    {
        foreach (var known in Known)
        {
            if (name.Length == known.Length && name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        return name;
    }
}
