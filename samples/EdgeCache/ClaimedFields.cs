namespace EdgeCache;

/// <summary>
/// Request fields in which a client claims where or how its request came in: the host, the scheme, the path, the address, the method. Gateways set
/// them, and frameworks believe them. The cache does not key them, so a response made from a forged one would go to every user.
/// </summary>
internal static class ClaimedFields
{
    private static readonly string[] Names =
        ["Forwarded", "Proxy", "Front-End-Https", "Host-Override", "Base-Url", "Request-Uri", "Url", "Uri", "X-Url", "X-Uri", "X-Scheme", "X-Proto"];

    private static readonly string[] Beginnings =
        ["X-Forward", "X-Original", "X-Rewrite", "X-Host", "X-Proxy", "X-HTTP-", "X-Method", "X-Middleware-", "X-Invoke-", "X-Matched-Path", "X-Now-Route", "X-Amz-Website"];

    private static readonly string[] Parts = ["Client-IP", "ClientIP", "Real-IP", "RealIP", "Connecting-IP", "Remote-IP", "Remote-Addr", "Originating-", "Method-Override"];

    private static readonly string[] Ends = ["-Host", "-Hostname", "-Server", "-Scheme", "-Proto", "-Protocol", "-Port", "-Prefix", "-SSL", "-Override", "-Path", "-URL", "-URI"];

    /// <summary>Whether the field is such a claim. Any name with an underscore is one: CGI and its successors read <c>X_Real_IP</c> as <c>X-Real-IP</c>.</summary>
    /// <param name="name">The name of the field, in any case.</param>
    public static bool Contains(string name) =>
        name.Contains('_')
        || Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
        || Parts.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase))
        || (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && Ends.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)));
}
