using System.Globalization;
using Microsoft.Data.Sqlite;

namespace HttpCaching.StressHost;

/// <summary>Opens a SQLite file that another process has left, reads all of it, and compares its books with its rows.</summary>
internal static class SqliteCheck
{
    public static async Task<int> RunAsync(string path)
    {
        int responses;
        using (var store = (SqliteHttpCacheStore)StressStore.Open("sqlite:" + path, StoreLoad.Options()))
        {
            responses = await StoreCheck.CountRightAsync(store);
            if (responses < 0)
            {
                return 1;
            }

            await store.MaintainAsync();
        }

        // Read by other means than the store's own.
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var check = await ScalarAsync(connection, "PRAGMA integrity_check");
        if (check != "ok" || File.Exists(path + ".damaged"))
        {
            Console.WriteLine("fault: the file is damaged: " + check);
            return 1;
        }

        var drift = await ScalarAsync(
            connection, "SELECT abs(bytes - (SELECT coalesce(sum(bytes), 0) FROM entry)) + abs(responses - (SELECT count(*) FROM entry)) FROM state");
        var orphans = await ScalarAsync(
            connection,
            "SELECT (SELECT count(*) FROM body WHERE id NOT IN (SELECT chunked FROM entry)) + (SELECT count(*) FROM chunk WHERE id >> 20 NOT IN (SELECT id FROM body))"
            + " + (SELECT count(*) FROM content WHERE id NOT IN (SELECT id FROM entry)) + (SELECT count(*) FROM entry WHERE id NOT IN (SELECT id FROM content))");
        var tables = Directory.GetFiles(path + "-readers", "*.table").Length;
        Console.WriteLine($"responses={responses} drift={drift} orphans={orphans} readers={tables} bytes={new FileInfo(path).Length}");
        return 0;
    }

    private static async Task<string> ScalarAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? string.Empty;
    }
}
