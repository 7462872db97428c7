namespace CacheControl.Origins.SetUps;

/// <summary>A plain client and one with the cache, set up the same way otherwise.</summary>
internal sealed class Clients(HttpClient plain, HttpClient cached, ShiftedTime clock, bool decode, IEnumerable<IDisposable> owned) : IDisposable
{
    public HttpClient Plain => plain;

    public HttpClient Cached => cached;

    /// <summary>Whether both decode bodies.</summary>
    public bool Decode => decode;

    /// <summary>The cache's clock.</summary>
    public ShiftedTime Clock => clock;

    public void Dispose()
    {
        plain.Dispose();
        cached.Dispose();
        foreach (var item in owned)
        {
            item.Dispose();
        }
    }
}
