namespace HttpCaching.Origins.Servers;

/// <summary>A program to start: its command, the port that it listens on once it is ready, and its environment.</summary>
internal sealed record Launch(int Port, IReadOnlyList<string> Command)
{
    /// <summary>A file that a killed server leaves, and that keeps it from starting again.</summary>
    public string? Leftover { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
