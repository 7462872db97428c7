using HttpCaching.Storage;

namespace HttpCaching.AotTest;

/// <summary>Prints what holds, and counts what does not.</summary>
internal static class Check
{
    public static int Failures { get; private set; }

    public static void That(string name, bool holds, string? otherwise = null)
    {
        Console.WriteLine(holds ? $"ok      {name}" : $"FAILED  {name}: {otherwise}");
        Failures += holds ? 0 : 1;
    }

    /// <summary>The second of two requests is a hit in the store, which this disposes.</summary>
    public static async Task HitAsync(string name, IHttpCacheStore store)
    {
        using var origin = new CountingOrigin();
        using (var client = new HttpClient(new CachingHandler(store) { InnerHandler = origin }, disposeHandler: false))
        {
            await HitAsync(name, client, new Uri("https://example.org/a"));
        }

        That(name + ": one request reached the origin", origin.Requests == 1, $"{origin.Requests} did");
        (store as IDisposable)?.Dispose();
    }

    /// <summary>The second of two requests is a hit.</summary>
    public static async Task HitAsync(string name, HttpClient client, Uri uri)
    {
        using var first = await client.GetAsync(uri);
        using var second = await client.GetAsync(uri);
        var same = await first.Content.ReadAsStringAsync() == await second.Content.ReadAsStringAsync();
        That(name, second.GetCacheStatus() is { Hit: true } && same, second.GetCacheStatus()?.ToString());
    }
}
