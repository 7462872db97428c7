namespace HttpCaching.Origins.SetUps;

/// <summary>A plain client and one with the cache, set up the same way otherwise.</summary>
internal sealed class Clients(HttpClient plain, HttpClient? bare, HttpClient cached, ShiftedTime clock, bool decode, IEnumerable<IDisposable> owned) : IDisposable
{
    public HttpClient Plain => plain;

    /// <summary>A plain client that asks for no codings, where the cache's pipeline decodes: it asks for ranges without them. Null elsewhere.</summary>
    public HttpClient? Bare => bare;

    public HttpClient Cached => cached;

    /// <summary>Whether both decode bodies.</summary>
    public bool Decode => decode;

    /// <summary>The cache's clock.</summary>
    public ShiftedTime Clock => clock;

    public void Dispose()
    {
        plain.Dispose();
        bare?.Dispose();
        cached.Dispose();
        foreach (var item in owned)
        {
            item.Dispose();
        }
    }
}
