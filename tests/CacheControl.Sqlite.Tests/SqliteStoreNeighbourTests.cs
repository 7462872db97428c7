using HttpCaching.Sqlite.Engine;
using HttpCaching.StoreContract;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using static HttpCaching.Sqlite.Tests.StoreBench;

namespace HttpCaching.Sqlite.Tests;

/// <summary>What others do to the file, and to what lies beside it, while a store has it open.</summary>
public sealed class SqliteStoreNeighbourTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Write_FileReplacedWhileABodyIsWritten_LeavesNoPieces()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        using var before = await store.ReadAsync(Key(), default);
        using var writer = (await store.BeginWriteAsync(Key(), null, default))!;
        await writer.WriteAsync(new byte[1_000_000], default);
        DeleteFile();
        await PutAsync(store, Key("other"));

        var wasTaken = true;
        try
        {
            wasTaken = await writer.WriteAsync(new byte[1_000_000], default)
                && await writer.CommitAsync(new StoreCommit { Head = StoredResponses.Get(length: 2_000_000), Stamp = before.Stamp, Retention = default }, default);
        }
        catch (IOException)
        {
            wasTaken = false;
        }

        wasTaken.Should().BeFalse("half of it is in the file that is gone");
        await store.ClearAsync(default);
        await store.MaintainAsync();
        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
        Sql(_file.Path, "SELECT count(*) FROM body").Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Write_BodySweptWhileItIsWritten_LeavesNoPieces()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        var writer = (await store.BeginWriteAsync(Key(), null, default))!;
        await writer.WriteAsync(new byte[1_000_000], default);
        Sql(_file.Path, "UPDATE body SET owner = 0, doomed = 1");

        await writer.Awaiting(w => w.WriteAsync(new byte[1_000_000], default).AsTask()).Should().ThrowAsync<IOException>();
        writer.Dispose();
        await store.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "INV-9")]
    public async Task Read_FileReplacedByAnotherStore_SeesTheNewOneAtOnce()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key());
        (await ReadAsync(store, Key())).Should().ContainSingle();
        DeleteFile();
        using var other = new SqliteHttpCacheStore(_file.Path);

        (await ReadAsync(store, Key())).Should().BeEmpty("the other store's invalidations are in the new file");
        await PutAsync(other, Key("new"));
        (await ReadAsync(store, Key("new"))).Should().ContainSingle();
    }

    [Fact]
    [Trait("Spec", "SRE-5")]
    public async Task Readers_DirectoryDeleted_BodiesAreDeletedAgainAndPinnedOnesKept()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 300_000));
        await PutAsync(store, Key("gone"), StoredResponses.Get(Key("gone").Uri, 300_000));
        using var snapshot = await store.ReadAsync(Key(), default);
        Directory.Delete(_file.Path + "-readers", recursive: true);

        await store.ClearAsync(default);
        await store.MaintainAsync();
        using var other = new SqliteHttpCacheStore(_file.Path);
        await other.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(5, "one body of two is pinned");
        await ReadBodyAsync(snapshot, snapshot.Responses[0]);
        snapshot.Dispose();
        await other.MaintainAsync();
        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Reader_OfOneBody_KeepsThatOneAndNoOther()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        using var other = new SqliteHttpCacheStore(_file.Path);
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 300_000));
        using var slow = await store.ReadAsync(Key(), default);
        for (var i = 0; i < 10; i++)
        {
            await PutAsync(other, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, 300_000));
        }

        await other.ClearAsync(default);
        await other.MaintainAsync();

        Sql(_file.Path, "SELECT count(*) FROM chunk").Should().Be(5);
        await ReadBodyAsync(slow, slow.Responses[0]);
    }

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Reader_AlongsideAWriter_KeepsThatBodyAndNoOther()
    {
        using var store = new SqliteHttpCacheStore(_file.Path);
        using var writer = (await store.BeginWriteAsync(Key(), null, default))!;
        await writer.WriteAsync(new byte[600_000], default);
        using var along = writer.OpenWritten();
        await PutAsync(store, Key("other"), StoredResponses.Get(Key("other").Uri, 300_000));

        await store.ClearAsync(default);
        await store.MaintainAsync();

        Sql(_file.Path, "SELECT count(DISTINCT id >> 20) FROM chunk").Should().Be(1);
        (await along!.ReadAsync(0, new byte[10], default)).Should().Be(10);
    }

    [Fact]
    public void Table_MoreBodiesThanCells_HoldsThemAllByTheirSeq()
    {
        var readers = Directory.CreateDirectory(Path.Join(_file.Directory, "readers")).FullName;
        var table = ReaderTable.Create(readers);
        var many = Enumerable.Range(1, 10_000).Select(i => (long)i).ToArray();

        table.TryHold(many).Should().BeFalse();
        table.TryHold([1, 2]).Should().BeTrue();
        table.TryHold([2, 3]).Should().BeTrue();
        table.Hold(7);
        ReaderTable.Claims(readers).Bodies.Should().Equal([1, 2, 3]);
        ReaderTable.Claims(readers).Oldest.Should().Be(7);

        table.Release([1, 2]);
        table.Release(7L);
        ReaderTable.Claims(readers).Bodies.Should().Equal([2, 3]);
        ReaderTable.Claims(readers).Oldest.Should().Be(long.MaxValue);

        Directory.Delete(readers, recursive: true);
        Directory.CreateDirectory(readers);
        table.IsThere.Should().BeFalse();
        table.MakeAgain();
        ReaderTable.Claims(readers).Bodies.Should().Equal([2, 3]);
        table.RemoveUse();
        Directory.GetFiles(readers).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public async Task Lock_HeldByAnother_IsWaitedForOnceByAllThatWait()
    {
        var settings = new SqliteHttpCacheStoreOptions().ToSettings() with { BusyTimeout = TimeSpan.FromMilliseconds(100) };
        using var store = new SqliteHttpCacheStore(_file.Path, settings);
        var faults = new List<IOException>();
        using (HoldLock())
        {
            // The queue takes the first alone, and the others together once it has waited for that one.
            var all = Enumerable.Range(0, 51).Select(i => store.InvalidateAsync($"https://example.org/{i}", default).AsTask()).ToList();
            foreach (var one in all)
            {
                faults.Add((await one.Awaiting(t => t).Should().ThrowAsync<IOException>().WithMessage("*locked*")).Which);
            }
        }

        // All that have waited together have the same fault. A slow machine may make a third or a fourth group of them.
        faults.Distinct(ReferenceEqualityComparer.Instance).Count().Should().BeLessThan(25);
        await store.InvalidateAsync("https://example.org/after", default);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(100)]
    [Trait("Spec", "SRE-4")]
    public async Task Damage_MetAgainBeforeItsRemoval_FailsOnceAndIsToldOnce(int length)
    {
        var log = new CountingLogger();
        using var store = new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions { Logger = log });
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, length));
        Sql(_file.Path, "UPDATE chunk SET data = zeroblob(65540) WHERE id & 1048575 = 0; UPDATE content SET body = zeroblob(length(body)) WHERE body IS NOT NULL");
        using (HoldLock())
        {
            using (var snapshot = await store.ReadAsync(Key(), default))
            {
                foreach (var stored in snapshot.Responses)
                {
                    await FluentActions.Awaiting(() => ReadBodyAsync(snapshot, stored)).Should().ThrowAsync<IOException>();
                }
            }

            for (var i = 0; i < 100; i++)
            {
                (await ReadAsync(store, Key())).Should().BeEmpty("the first reader has found the damage");
            }
        }

        log.Count.Should().Be(1);
        await store.InvalidateAsync("https://example.org/after", default);
        store.Responses.Should().Be(0);
    }

    [Fact]
    [Trait("Spec", "SRE-12")]
    public async Task Maintenance_FailsAndItsLoggerThrows_GoesOnAndDisposeDoesNot()
    {
        var log = new CountingLogger { Fault = new InvalidOperationException("a logger that throws") };
        var store = new SqliteHttpCacheStore(_file.Path, new SqliteHttpCacheStoreOptions { Logger = log, MaximumBytes = 2_000_000 });
        await PutAsync(store, Key());
        await store.MaintainAsync();
        await WaitUntilAsync(StandsInTheWay);

        // A replaced body has to be deleted, which needs the directory.
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));
        await PutAsync(store, Key(), StoredResponses.Get(Key().Uri, 100_000));
        await WaitUntilAsync(() => log.Count > 0);
        File.Delete(_file.Path + "-readers");
        for (var i = 0; i < 100; i++)
        {
            await PutAsync(store, Key($"{i}"), StoredResponses.Get(Key($"{i}").Uri, 50_000));
        }

        await WaitUntilAsync(() => store.Bytes < 2_000_000);
        store.Invoking(s => s.Dispose()).Should().NotThrow();
    }

    /// <summary>Puts a file in the place of the readers' directory; false if the store has just made the directory again.</summary>
    private bool StandsInTheWay()
    {
        try
        {
            Directory.Delete(_file.Path + "-readers", recursive: true);
            File.WriteAllText(_file.Path + "-readers", "in the way");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void DeleteFile()
    {
        foreach (var extension in new[] { string.Empty, "-wal", "-shm" })
        {
            File.Delete(_file.Path + extension);
        }
    }

    /// <summary>The lock to write, as another process holds it.</summary>
    private SqliteConnection HoldLock()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _file.Path, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private sealed class CountingLogger : ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Exception? Fault { get; init; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _count);
            if (Fault is not null)
            {
                throw Fault;
            }
        }
    }
}
