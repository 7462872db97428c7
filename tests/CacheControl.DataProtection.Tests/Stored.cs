using System.Text;

namespace HttpCaching.DataProtection.Tests;

/// <summary>Responses whose every text can be looked for on disk.</summary>
internal static class Stored
{
    public const string Uri = "https://secret-host.example/secret-path";
    public const string FieldValue = "secret-field-value";
    public const string BodyText = "secret-body-text ";

    public static readonly CacheKey Key = new(Uri, "secret-scope");

    public static byte[] Body(int length)
    {
        var text = Encoding.ASCII.GetBytes(BodyText);
        var body = new byte[length];
        for (var i = 0; i < length; i++)
        {
            body[i] = text[i % text.Length];
        }

        return body;
    }

    public static async Task PutAsync(IHttpCacheStore store, int length, CacheKey? key = null)
    {
        using var before = await store.ReadAsync(key ?? Key, default);
        using var writer = (await store.BeginWriteAsync(key ?? Key, length, default))!;
        (await writer.WriteAsync(Body(length), default)).Should().BeTrue();
        (await writer.CommitAsync(new StoreCommit { Head = Head(length), Stamp = before.Stamp, Retention = TimeSpan.FromHours(1) }, default)).Should().BeTrue();
    }

    /// <summary>Reads back what was put there; null if it is a miss.</summary>
    public static async Task<byte[]?> GetAsync(IHttpCacheStore store, CacheKey? key = null)
    {
        using var snapshot = await store.ReadAsync(key ?? Key, default);
        if (snapshot.Responses.IsEmpty)
        {
            return null;
        }

        snapshot.Responses[0].Fields.Lines[0].Value.Should().Be(FieldValue);
        using var body = await snapshot.OpenBodyAsync(snapshot.Responses[0], default);
        var bytes = new byte[body.Length];
        var count = 0;
        while (count < bytes.Length)
        {
            count += await body.ReadAsync(count, bytes.AsMemory(count), default);
        }

        return bytes;
    }

    private static StoredResponse Head(int length) => new()
    {
        Method = "GET",
        TargetUri = Uri,
        StatusCode = 200,
        HttpVersion = new Version(1, 1),
        Fields = new HttpFields([new("X-Secret", FieldValue), new("Cache-Control", "max-age=60")]),
        Times = new ExchangeTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        BodyLength = length,
        Variant = "GET",
        Rank = 1,
        Generation = Random.Shared.NextInt64(),
        BodyId = Random.Shared.NextInt64(),
    };
}
