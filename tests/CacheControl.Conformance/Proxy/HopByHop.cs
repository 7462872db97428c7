namespace HttpCaching.Conformance.Proxy;

/// <summary>The fields that belong to one connection and are not passed to the next (RFC 9110 §7.6.1).</summary>
internal static class HopByHop
{
    private static readonly string[] Always =
        ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade"];

    /// <summary>The names of the fields to drop from a message with these Connection values.</summary>
    public static HashSet<string> Names(IEnumerable<string?> connection)
    {
        const StringSplitOptions Options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var nominated = connection.SelectMany(value => value?.Split(',', Options) ?? []);
        return new HashSet<string>(Always.Concat(nominated), StringComparer.OrdinalIgnoreCase);
    }
}
