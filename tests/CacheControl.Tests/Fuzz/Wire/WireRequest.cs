namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>A request as the origin saw it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Status">The status code that it was answered with.</param>
/// <param name="Fields">Its fields, by their names in lower case.</param>
internal sealed record WireRequest(string Method, int Status, IReadOnlyDictionary<string, string> Fields)
{
    private static readonly string[] Deciding = ["Range", "If-Range", "If-None-Match", "If-Modified-Since"];

    /// <summary>Whether this is the caller's own request, with none of the cache's conditions and ranges.</summary>
    public bool IsOf(WireStep step) => Method == step.Method && Deciding.All(name => Fields.GetValueOrDefault(name.ToLowerInvariant()) == step.Field(name));

    public override string ToString() => $"{Method} {string.Join(" | ", Fields.Where(f => f.Key != "host").Select(f => $"{f.Key}: {f.Value}"))} -> {Status}";
}
