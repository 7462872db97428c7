using HttpCaching.Storage.Files;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>What tests of the file store do again and again.</summary>
internal static class FileStoreBench
{
    public static CacheKey Key(string name = "some", string? scope = null) => new("https://example.org/" + name, scope);

    public static async Task<StoredResponse> PutAsync(IHttpCacheStore store, CacheKey key, StoredResponse? head = null)
    {
        head ??= StoredResponses.Get(key.Uri);
        (await TryPutAsync(store, key, head)).Should().BeTrue();
        return head;
    }

    public static async Task<bool> TryPutAsync(IHttpCacheStore store, CacheKey key, StoredResponse head)
    {
        using var snapshot = await store.ReadAsync(key, default);
        using var writer = await store.BeginWriteAsync(key, head.BodyLength, default);
        return writer is not null
            && await writer.WriteAsync(SelfDescribingBody.Create(head.BodyId, head.BodyLength), default)
            && await writer.CommitAsync(
                new StoreCommit
                {
                    Head = head,
                    Stamp = snapshot.Stamp,
                    Replaces = snapshot.Responses.FirstOrDefault(r => r.Variant == head.Variant)?.Generation,
                    Retention = TimeSpan.FromHours(1),
                },
                default);
    }

    /// <summary>Reads a key and the bodies under it; a body that is not the one of its head fails the test, an exception while reading is let through.</summary>
    public static async Task<StoredResponse[]> ReadAsync(IHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, default);
        foreach (var response in snapshot.Responses)
        {
            using var body = await snapshot.OpenBodyAsync(response, default);
            body.Length.Should().Be(response.BodyLength);
            var bytes = new byte[body.Length];
            for (var offset = 0; offset < bytes.Length;)
            {
                var count = await body.ReadAsync(offset, bytes.AsMemory(offset), default);
                count.Should().BePositive();
                offset += count;
            }

            SelfDescribingBody.Matches(response.BodyId, response.BodyLength, 0, bytes).Should().BeTrue();
        }

        return [.. snapshot.Responses];
    }

    /// <summary>The bytes on disk of all records and bodies, counted as the store counts.</summary>
    public static long BytesOnDisk(TemporaryDirectory directory) =>
        directory.Files("*.r").Concat(directory.Files("*.b")).Sum(f => FileLayout.OnDisk(new FileInfo(f).Length));
}
