namespace HttpCaching.Origins.Servers;

/// <summary>Python's http.server: HTTP/1.0, no entity tags, no ranges.</summary>
internal static class Python
{
    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        new("Python's http.server", ["python3"], folder =>
        {
            var port = ServerFolder.FreePort();
            IReadOnlyList<Launch> launches = [new Launch(port, [Tooling.Find("python3"), "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.Site, $"{port}"])];
            return Task.FromResult(launches);
        }),
    ];
}
