using System.Runtime.InteropServices;
using HttpCaching.StoreContract;
using SQLitePCL;
using Xunit.Abstractions;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>
/// A large body is written and read in bounded memory, the runtime's and SQLite's own, and its log does not grow with it. 64 MiB; with
/// CACHECONTROL_STRESS=full 256 MiB.
/// </summary>
[Trait("Spec", "SRE-7")]
[Collection(MeasuredAlone.Name)]
public sealed class SqliteLargeBodyTests(ITestOutputHelper output) : IDisposable
{
    private const long Step = 8L << 20;
    private const long AllowedBytes = 24L << 20;
    private const int Piece = 256 * 1024;

    private static readonly long Length = (Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full" ? 256L : 64L) << 20;

    private readonly TemporaryFile _file = new();
    private long _before;
    private long _most;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Body_Large_IsWrittenReadAlongAndReadInBoundedMemory()
    {
        using var store = new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions { MaximumBytes = 4L << 30 });
        await PutAsync(store, Key("first"), StoredResponses.Get(Key("first").Uri, 2_000_000));
        await ReadAsync(store, Key("first"));
        _before = HeldBytes();
        var head = StoredResponses.Get(Key().Uri, Length);
        using var before = await store.ReadAsync(Key(), default);
        using (var writer = (await store.BeginWriteAsync(Key(), null, default))!)
        {
            await WriteAsync(writer);
            using var along = writer.OpenWritten()!;
            await CheckAsync(along);
            var commit = new StoreCommit { Head = head, Stamp = before.Stamp, Retention = TimeSpan.FromHours(1) };
            (await writer.CommitAsync(commit, default)).Should().BeTrue();
        }

        using var snapshot = await store.ReadAsync(Key(), default);
        using (var body = await snapshot.OpenBodyAsync(snapshot.Responses.Should().ContainSingle().Subject, default))
        {
            body.Length.Should().Be(Length);
            await CheckAsync(body);
        }

        var log = new FileInfo(_file.Path + "-wal").Length;
        output.WriteLine($"{Length} bytes: {_most} held at most, a log of {log}");
        _most.Should().BeLessThan(AllowedBytes);
        log.Should().BeLessThan(Length / 2, "the log is used again while the body is written");
    }

    private async Task WriteAsync(HttpCacheWriter writer)
    {
        var piece = new byte[Piece];
        for (var offset = 0L; offset < Length; offset += Piece)
        {
            Fill(piece, offset);
            (await writer.WriteAsync(piece, default)).Should().BeTrue();
            Note(offset);
        }
    }

    private async Task CheckAsync(StoredBody body)
    {
        var (piece, expected) = (new byte[Piece], new byte[Piece]);
        for (var offset = 0L; offset < Length;)
        {
            var count = await body.ReadAsync(offset, piece, default);
            Fill(expected, offset / Piece * Piece);
            piece.AsSpan(0, count).SequenceEqual(expected.AsSpan((int)(offset % Piece), count)).Should().BeTrue($"of the bytes from {offset}");
            offset += count;
            Note(offset - count);
        }
    }

    private void Note(long offset)
    {
        if (offset % Step == 0)
        {
            _most = Math.Max(_most, HeldBytes() - _before);
        }
    }

    /// <summary>What stands at a place: each eight bytes say it.</summary>
    private static void Fill(byte[] piece, long offset)
    {
        var words = MemoryMarshal.Cast<byte, long>(piece.AsSpan());
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = (offset / sizeof(long)) + i;
        }
    }

    private static long HeldBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false) + raw.sqlite3_memory_used();
    }
}
