namespace HttpCaching.Control.Keys;

/// <summary>The parts of keys other than the URI.</summary>
internal sealed record KeySettings
{
    /// <summary>The name of the client, if several clients share a store; or <see langword="null"/>.</summary>
    public string? Name { get; init; }

    public bool IsShared { get; init; }

    /// <summary>Whether everything belongs to one user, so that credentials need no partitions.</summary>
    public bool SingleUser { get; init; }

    public Func<HttpRequestMessage, string?>? PartitionSelector { get; init; }

    public Func<HttpRequestMessage, string?>? Material { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>How many characters a URI that the application names has at most.</summary>
    public int MaximumUriLength { get; init; } = 8 * 1024;

    /// <summary>The key of the keyed hashes that replace secrets. A process without secrets does not start the platform's cryptography for it.</summary>
    public required Lazy<byte[]> HashKey { get; init; }
}
