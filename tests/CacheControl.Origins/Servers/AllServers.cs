namespace HttpCaching.Origins.Servers;

/// <summary>Every server in every configuration.</summary>
internal static class AllServers
{
    public static IReadOnlyList<ServerPlan> Plans { get; } =
        [.. Nginx.Plans, .. Apache.Plans, .. Caddy.Plans, .. Varnish.Plans, .. Kestrel.Plans, .. Express.Plans, .. Python.Plans];
}
