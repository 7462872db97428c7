namespace HttpCaching.Origins.Servers;

/// <summary>One server in one configuration.</summary>
/// <param name="Name">How the report and the tests name it.</param>
/// <param name="Tools">The programs it needs.</param>
/// <param name="Prepare">Writes its configuration and says what to start, the server that clients speak to last.</param>
internal sealed record ServerPlan(string Name, IReadOnlyList<string> Tools, Func<ServerFolder, Task<IReadOnlyList<Launch>>> Prepare)
{
    /// <summary>Whether clients speak HTTP/2 over TLS with it.</summary>
    public bool Secure { get; init; }

    /// <summary>Makes a cache inside or in front of the server forget, as an administrator does after a change of the files.</summary>
    public Func<OriginServer, Task>? Forget { get; init; }

    /// <summary>The scenes that are not played with it, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Without { get; init; } = new Dictionary<string, string>();

    public override string ToString() => Name;
}
