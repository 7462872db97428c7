using Microsoft.AspNetCore.Http;

namespace HttpCaching;

/// <summary>
/// The fronts of a cache for the origins that a server has, by scheme and Host. Many threads may use it. It drops entries: a place holds one origin, so that clients that invent names take no memory.
/// </summary>
/// <param name="cache">The cache.</param>
internal sealed class FrontTable(HttpCache cache)
{
    private const int Places = 64;

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>The front for a request's origin; null if its Host is no name of one.</summary>
    public HttpCacheFront? For(HttpRequest request)
    {
        if (request.Headers.Host is not [{ Length: > 0 } host])
        {
            return null;
        }

        var scheme = request.Scheme;
        ref var place = ref _entries[PlaceOf(scheme, host)];
        if (Volatile.Read(ref place) is { } known && known.Host == host && known.Scheme == scheme)
        {
            return known.Front;
        }

        var made = new Entry(scheme, host, Make(scheme, host));
        Volatile.Write(ref place, made);
        return made.Front;
    }

    private static int PlaceOf(string scheme, string host) =>
        (int)((uint)((host.Length * 31) + (host[0] * 7) + (host[^1] * 131) + (host[host.Length / 2] * 17) + scheme.Length) % Places);

    private HttpCacheFront? Make(string scheme, string host)
    {
        if (!Uri.TryCreate($"{scheme}://{host}/", UriKind.Absolute, out var origin) || origin.PathAndQuery != "/")
        {
            return null;
        }

        try
        {
            return HttpCacheFront.OfServer(cache, origin);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private sealed record Entry(string Scheme, string Host, HttpCacheFront? Front);
}
