using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>
/// The state that the processes of a store share: the recent removals, and the usage of each shard on disk.
/// Reading the number of removals costs one read of eight bytes from an open file.
/// </summary>
internal sealed class StateFile : IDisposable
{
    //       0  4  magic "CCFS"
    //       4  4  version of this format
    //       8  8  identity of the store, random
    //      16  8  number of removals so far, from a random start, so that no stamp of another store passes for one of this
    //     512     for each shard: 8 bytes on disk, 4 records, 4 flags (1: a process is changing the shard, or died while doing so)
    //    8192     the last 65,536 removals: number n stands at n modulo 65,536, see Removal
    private const int UsagePosition = 512;
    private const int UsageBytes = 16;
    private const int RingPosition = 8192;
    private const int RingBytes = Removal.Bytes;
    private const long FileBytes = RingPosition + ((long)Capacity * RingBytes);
    private const int CounterPosition = 16;

    private const long FirstCounter = 1L << 60;

    // A thousand times the largest disk of today, in each shard.
    private const long MostShardBytes = 1L << 56;

    /// <summary>A commit whose snapshot is older than this number of removals is refused: the file no longer holds the removals since.</summary>
    public const int Capacity = 65_536;

    private readonly SafeFileHandle _file;

    private StateFile(SafeFileHandle file, long identity)
    {
        _file = file;
        Identity = identity;
    }

    private static ReadOnlySpan<byte> Magic => "CCFS"u8;

    /// <summary>The identity of the store. It changes if the directory was deleted and made again.</summary>
    public long Identity { get; }

    /// <summary>Opens the file; null if it is missing or damaged.</summary>
    public static StateFile? TryOpen(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var file = FileModes.OpenToChange(path);
        Span<byte> start = stackalloc byte[CounterPosition + sizeof(long)];
        if (FileModes.IsRegular(file) && RandomAccess.GetLength(file) == FileBytes && RandomAccess.Read(file, start, 0) == start.Length
            && start.StartsWith(Magic) && start[4] == FileLayout.Version && IsCounter(BinaryPrimitives.ReadInt64LittleEndian(start[CounterPosition..])))
        {
            return new StateFile(file, BinaryPrimitives.ReadInt64LittleEndian(start[8..]));
        }

        file.Dispose();
        return null;
    }

    /// <summary>Creates a new file.</summary>
    /// <param name="path">The place.</param>
    /// <param name="temporary">The path where it is written first.</param>
    /// <param name="fsync">Whether its bytes must be on the disk before its name.</param>
    /// <param name="hasShard">Tells which shards exist already. They are marked, to be counted.</param>
    public static void Create(string path, string temporary, bool fsync, Predicate<int> hasShard)
    {
        using (var file = FileModes.CreateFile(temporary))
        {
            var start = new byte[RingPosition];
            RandomNumberGenerator.Fill(start.AsSpan(8, 16));
            Magic.CopyTo(start);
            start[4] = FileLayout.Version;

            // Far from the ends of the range, so that it never overflows, and a damaged one shows.
            start[CounterPosition + 7] = (byte)(FirstCounter >> 56);
            for (var shard = 0; shard < FileLayout.Shards; shard++)
            {
                start[UsagePosition + (shard * UsageBytes) + 12] = hasShard(shard) ? (byte)1 : (byte)0;
            }

            RandomAccess.Write(file, start, 0);
            RandomAccess.SetLength(file, FileBytes);
            if (fsync)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The number of removals so far: the stamp of a snapshot that is read after this call.</summary>
    public long ReadCounter()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Read(bytes, CounterPosition);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>Whether a response from a snapshot with this stamp comes too late: a removal since then covers it.</summary>
    /// <param name="target">The response to store.</param>
    /// <param name="stamp">The snapshot's stamp.</param>
    /// <param name="counter">The number of removals, read under the lock of the shard.</param>
    public bool Forbids(RemovalTarget target, long stamp, long counter)
    {
        if (stamp == counter)
        {
            return false;
        }

        if (stamp > counter || stamp < counter - Capacity)
        {
            return true;
        }

        const int EntriesAtOnce = 64;
        Span<byte> entries = stackalloc byte[EntriesAtOnce * RingBytes];
        for (var number = stamp; number < counter;)
        {
            var count = (int)Math.Min(Math.Min(EntriesAtOnce, counter - number), Capacity - (number % Capacity));
            Read(entries[..(count * RingBytes)], PositionOf(number));
            for (var i = 0; i < count; i++)
            {
                if (target.IsTakenBy(Removal.Read(entries.Slice(i * RingBytes, RingBytes))))
                {
                    return true;
                }
            }

            number += count;
        }

        // In the meantime, still newer removals may have overwritten the entries that were read.
        return stamp < ReadCounter() - Capacity;
    }

    /// <summary>Records a removal. The caller holds the lock of the log.</summary>
    /// <returns>The number of removals, with this one.</returns>
    public long Append(Removal removal)
    {
        var counter = ReadCounter();
        Span<byte> entry = stackalloc byte[RingBytes];
        removal.Write(entry);
        RandomAccess.Write(_file, entry, PositionOf(counter));
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, counter + 1);
        RandomAccess.Write(_file, bytes, CounterPosition);
        return counter + 1;
    }

    /// <summary>Reads the number of removals and the usage of a shard with one system call.</summary>
    public (long Counter, ShardUsage Usage) ReadForChange(int shard)
    {
        Span<byte> bytes = stackalloc byte[UsagePosition - CounterPosition + (FileLayout.Shards * UsageBytes)];
        bytes = bytes[..(UsagePosition - CounterPosition + ((shard + 1) * UsageBytes))];
        Read(bytes, CounterPosition);
        return (BinaryPrimitives.ReadInt64LittleEndian(bytes), UsageOf(bytes[^UsageBytes..]));
    }

    public ShardUsage ReadUsage(int shard)
    {
        Span<byte> bytes = stackalloc byte[UsageBytes];
        Read(bytes, UsagePosition + (shard * UsageBytes));
        return UsageOf(bytes);
    }

    /// <summary>Records the usage of a shard. The caller holds the lock of the shard.</summary>
    public void WriteUsage(int shard, ShardUsage usage)
    {
        Span<byte> bytes = stackalloc byte[UsageBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, usage.Bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], usage.Records);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], usage.IsMarked ? 1 : 0);
        RandomAccess.Write(_file, bytes, UsagePosition + (shard * UsageBytes));
    }

    /// <summary>The usage of all shards, in order.</summary>
    public ShardUsage[] ReadAllUsage()
    {
        var bytes = new byte[FileLayout.Shards * UsageBytes];
        Read(bytes, UsagePosition);
        var usage = new ShardUsage[FileLayout.Shards];
        for (var shard = 0; shard < usage.Length; shard++)
        {
            usage[shard] = UsageOf(bytes.AsSpan(shard * UsageBytes));
        }

        return usage;
    }

    /// <summary>Waits until the file is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();

    /// <summary>Whether a number of removals is possible. If it is not, the next opening makes a new file.</summary>
    public static bool IsCounter(long counter) => counter is >= FirstCounter and < 2 * FirstCounter;

    private static long PositionOf(long number) => RingPosition + (number % Capacity * RingBytes);

    private static ShardUsage UsageOf(ReadOnlySpan<byte> bytes)
    {
        var usage = new ShardUsage(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != 0);

        // An impossible number leads to a new count.
        return usage.Bytes is >= 0 and <= MostShardBytes && usage.Records >= 0 ? usage : new ShardUsage(0, 0, IsMarked: true);
    }

    private void Read(Span<byte> bytes, long position)
    {
        if (FileModes.Read(_file, bytes, position) != bytes.Length)
        {
            throw new IOException("The cache's state file has been truncated.");
        }
    }
}
