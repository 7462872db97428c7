namespace HttpCaching.Origins.Servers;

/// <summary>ASP.NET Core's Kestrel, in a process of its own: see <see cref="KestrelOrigin"/>.</summary>
internal static class Kestrel
{
    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        Plan("Kestrel, static files", KestrelOrigin.StaticFiles),
        Plan("Kestrel, static files with response compression", KestrelOrigin.Compression),
        Plan("Kestrel, output caching with response compression", KestrelOrigin.OutputCaching, async server =>
        {
            using var client = new HttpClient();
            (await client.DeleteAsync(new Uri(server.Address, KestrelOrigin.ForgetPath))).EnsureSuccessStatusCode().Dispose();
        }) with
        {
            Without = new Dictionary<string, string> { ["left early"] = "ASP.NET Core's output cache keeps an empty body where the first caller left, and serves it to all." },
        },
    ];

    private static ServerPlan Plan(string name, string kind, Func<OriginServer, Task>? forget = null) => new(name, [], folder =>
    {
        var port = ServerFolder.FreePort();
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        IReadOnlyList<Launch> launches = [new Launch(port, [host, typeof(KestrelOrigin).Assembly.Location, kind, folder.Site, $"{port}"])];
        return Task.FromResult(launches);
    })
    {
        Forget = forget,
    };
}
