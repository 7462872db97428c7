namespace HttpCaching.Origins.Dialogue;

/// <summary>What came of a request: a response with its whole body, or an exception.</summary>
internal sealed record Answer
{
    public int Status { get; init; }

    /// <summary>The fields by name, several lines joined.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    public byte[] Body { get; init; } = [];

    /// <summary>The exception, of the request or of the body; null for none.</summary>
    public Exception? Error { get; init; }

    /// <summary>What the cache did; null for a plain client's answer.</summary>
    public CacheStatus? Cache { get; init; }

    /// <summary>When it came, by the cache's clock.</summary>
    public DateTimeOffset Time { get; init; }

    public string? this[string name] => Fields.GetValueOrDefault(name);

    public override string ToString()
    {
        var cache = Cache is null ? "" : $" <{(Cache.Hit ? "hit" : $"forwarded: {Cache.Forward}, {Cache.ForwardStatus}")}, {Cache.Reason}, stored: {Cache.Stored}>";
        var error = Error is null ? "" : $" {Error.GetType().Name}: {Error.Message}";
        return $"{Status}{cache} {string.Join("; ", Fields.OrderBy(field => field.Key).Select(field => $"{field.Key}: {field.Value}"))} ({Body.Length} bytes){error}";
    }
}
