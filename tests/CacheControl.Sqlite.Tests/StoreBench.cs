using HttpCaching.StoreContract;
using Microsoft.Data.Sqlite;

namespace HttpCaching.Sqlite.Tests;

/// <summary>What tests of the SQLite store do again and again.</summary>
internal static class StoreBench
{
    public static CacheKey Key(string name = "some", string? scope = null) => new("https://example.org/" + name, scope);

    public static async Task<StoredResponse> PutAsync(IHttpCacheStore store, CacheKey key, StoredResponse? head = null, TimeSpan? retention = null)
    {
        head ??= StoredResponses.Get(key.Uri);
        (await TryPutAsync(store, key, head, retention)).Should().BeTrue();
        return head;
    }

    public static async Task<bool> TryPutAsync(IHttpCacheStore store, CacheKey key, StoredResponse head, TimeSpan? retention = null)
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
                    Retention = retention ?? TimeSpan.FromHours(1),
                },
                default);
    }

    /// <summary>Reads a key and the bodies under it; a body that is not the one of its head fails the test, an exception while reading is let through.</summary>
    public static async Task<StoredResponse[]> ReadAsync(IHttpCacheStore store, CacheKey key)
    {
        using var snapshot = await store.ReadAsync(key, default);
        foreach (var response in snapshot.Responses)
        {
            await ReadBodyAsync(snapshot, response);
        }

        return [.. snapshot.Responses];
    }

    /// <summary>Reads one body of a snapshot to its end, and fails the test if it is a wrong one.</summary>
    public static async Task ReadBodyAsync(HttpCacheSnapshot snapshot, StoredResponse response)
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

    /// <summary>Asks the file by other means than the store's, or changes it.</summary>
    public static long Sql(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>The same for text: one column of the first row.</summary>
    public static string SqlText(string path, string sql, int column = 0)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        return reader.Read() ? reader.GetString(column) : string.Empty;
    }

    /// <summary>Waits for what happens beside the requests; fails the test if it doesn't within a minute.</summary>
    public static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            await Task.Delay(5, timeout.Token);
        }
    }
}
