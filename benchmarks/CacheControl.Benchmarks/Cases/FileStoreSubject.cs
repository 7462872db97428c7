namespace HttpCaching.Benchmarks.Cases;

/// <summary>A file store in a temporary directory, and the calls that all cases make of it.</summary>
internal sealed class FileStoreSubject : IDisposable
{
    private static readonly HttpFields Fields = new(
    [
        new FieldLine("Date", "Mon, 01 Jun 2026 00:00:00 GMT"),
        new FieldLine("Cache-Control", "public, max-age=864000"),
        new FieldLine("ETag", "\"5d8c72a5edda8d6a\""),
        new FieldLine("Server", "nginx/1.25.3"),
        new FieldLine("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        new FieldLine("Accept-Ranges", "bytes"),
        new FieldLine("Content-Type", "application/json; charset=utf-8"),
        new FieldLine("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT"),
    ]);

    private readonly DirectoryInfo _temporary = System.IO.Directory.CreateTempSubdirectory("cachecontrol-bench-");

    public FileStoreSubject() => Directory = Path.Combine(_temporary.FullName, "store");

    public string Directory { get; }

    /// <summary>Opens the store; with limits that nothing here reaches.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="openRecords">How many records it may keep open.</param>
    public static FileHttpCacheStore Open(string directory, int openRecords) =>
        new(directory, new FileHttpCacheStoreOptions { MaximumBytes = 1L << 40, MaximumKeys = 10_000_000, MaximumOpenRecords = openRecords });

    public static CacheKey Key(int number) => new($"https://api.example.com/v1/catalogue/products/{number:D8}/detail");

    public static async Task PutAsync(IHttpCacheStore store, CacheKey key, ReadOnlyMemory<byte> body)
    {
        using var snapshot = await store.ReadAsync(key, CancellationToken.None).ConfigureAwait(false);
        using var writer = await store.BeginWriteAsync(key, body.Length, CancellationToken.None).ConfigureAwait(false);
        await writer!.WriteAsync(body, CancellationToken.None).ConfigureAwait(false);
        var commit = new StoreCommit
        {
            Head = Head(key, body.Length, Random.Shared.NextInt64()),
            Retention = TimeSpan.FromDays(1),
            Stamp = snapshot.Stamp,
        };
        if (!await writer.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false))
        {
            throw new InvalidOperationException("Not stored.");
        }
    }

    /// <summary>Reads the head and the whole body into a buffer; gives how many bytes it has.</summary>
    public static int Get(IHttpCacheStore store, CacheKey key, byte[] buffer)
    {
        using var snapshot = store.ReadAsync(key, CancellationToken.None).Result;
        using var body = snapshot.OpenBodyAsync(snapshot.Responses[0], CancellationToken.None).Result;
        var offset = 0;
        for (int count; (count = body.Read(offset, buffer.AsSpan(offset))) > 0;)
        {
            offset += count;
        }

        return offset;
    }

    /// <summary>What a 304 does: a new head on the body that is there.</summary>
    public static async Task RefreshAsync(IHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, CancellationToken.None).ConfigureAwait(false);
        var standing = snapshot.Responses[0];
        var head = Head(key, standing.BodyLength, standing.BodyId);
        if (!await store.ReplaceHeadAsync(key, standing.Generation, head, snapshot.Stamp, TimeSpan.FromDays(1), CancellationToken.None).ConfigureAwait(false))
        {
            throw new InvalidOperationException("Not replaced.");
        }
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    public static StoredResponse Head(CacheKey key, long length, long bodyId) => new()
    {
        Method = "GET",
        TargetUri = key.Uri,
        StatusCode = 200,
        ReasonPhrase = "OK",
        HttpVersion = new Version(1, 1),
        Fields = Fields,
        Times = new ExchangeTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        BodyLength = length,
        Variant = string.Empty,
        Rank = 1,
        Generation = Random.Shared.NextInt64(),
        BodyId = bodyId,
    };
}
