using System.Globalization;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace CacheControl.Storage.Engine;

/// <summary>
/// Tells all processes which bodies this process may still read, by shared memory: no hit writes to the database, and no transaction stays open while a
/// caller reads a large body slowly, which would keep the write-ahead log from being reused.
/// </summary>
/// <remarks>
/// Each open store has a small file, mapped, and a lock on another that ends with its process. In it stand numbers of the <c>seq</c> of <see cref="Schema"/>.
/// Before a read a slot says "I may see all that was not doomed by N"; after it, the lowest seq of snapshots with unread bodies stands in a slot for all of them.
/// Who deletes first takes the last committed seq, then reads all slots, and deletes only what was doomed at or before the least of these numbers.
/// A reader that was not seen published its slot later, so it reads the database later too, and doesn't see the doomed body at all.
/// </remarks>
internal sealed unsafe class ReaderTable
{
    private const int FileBytes = 4096;
    private const int SlotBytes = 64;
    private const int HeldSlot = 1;
    private const int ReplacedSlot = 2;
    private const int FirstReaderSlot = 4;
    private const long HoldsAll = 0;
    private const string LockExtension = ".lock";
    private const string TableExtension = ".table";

    private readonly SafeFileHandle _lockFile;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _memory;
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _held = [];
    private int _uses = 1;

    private ReaderTable(string path, long id, SafeFileHandle lockFile)
    {
        Id = id;
        _path = path;
        _lockFile = lockFile;
        _file = MakeTable(path + TableExtension);
        _view = _file.CreateViewAccessor(0, FileBytes);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _memory);
        for (var slot = HeldSlot; slot < FileBytes / SlotBytes; slot++)
        {
            Slot(_memory, slot) = slot == ReplacedSlot ? 0 : long.MaxValue;
        }
    }

    /// <summary>The most readers that a table has room for.</summary>
    public static int MostReaders => (FileBytes / SlotBytes) - FirstReaderSlot;

    /// <summary>The number of this store among those that are open; random, positive.</summary>
    public long Id { get; }

    /// <summary>Whether somebody has set the database aside since it was last said so.</summary>
    public bool WasReplaced => Volatile.Read(ref Slot(_memory, ReplacedSlot)) != 0;

    /// <summary>Makes the table of a store that opens.</summary>
    public static ReaderTable Create(string directory)
    {
        while (true)
        {
            var id = Random.Shared.NextInt64(1, long.MaxValue);
            var path = PathOf(directory, id);
            SafeFileHandle lockFile;
            try
            {
                lockFile = File.OpenHandle(path + LockExtension, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path + LockExtension))
            {
                // Somebody who looked for the dead was quicker to lock it: it is theirs to delete.
                continue;
            }

            try
            {
                return new ReaderTable(path, id, lockFile);
            }
            catch
            {
                TryDelete(path + LockExtension);
                lockFile.Dispose();
                throw;
            }
        }
    }

    /// <summary>
    /// The least seq that an open store may read bodies of. Deletes the tables of processes that are gone.
    /// </summary>
    public static long Oldest(string directory)
    {
        Interlocked.MemoryBarrier();
        var oldest = long.MaxValue;
        foreach (var path in Directory.GetFiles(directory, "*" + TableExtension))
        {
            oldest = Math.Min(oldest, OldestOf(path[..^TableExtension.Length]));
        }

        return oldest;
    }

    /// <summary>Whether the store with this number is open in a living process.</summary>
    public static bool IsAlive(string directory, long id) => IsAlive(PathOf(directory, id));

    /// <summary>Says to all other open stores that the database was set aside.</summary>
    public void TellOthersReplaced(string directory)
    {
        foreach (var path in Directory.GetFiles(directory, "*" + TableExtension))
        {
            if (path == _path + TableExtension)
            {
                continue;
            }

            try
            {
                // One that is being made belongs to a store that opens the database later.
                using var file = OpenTable(path);
                using var view = file?.CreateViewAccessor(0, FileBytes);
                view?.Write(ReplacedSlot * SlotBytes, 1L);
            }
            catch (IOException)
            {
                // Gone meanwhile, and its process with it.
            }
        }
    }

    /// <summary>Says that what stood at <paramref name="seq"/> may be read by a reader from now on.</summary>
    public void Enter(int reader, long seq) => Interlocked.Exchange(ref Slot(_memory, FirstReaderSlot + reader), seq);

    /// <summary>Takes it back.</summary>
    public void Leave(int reader) => Volatile.Write(ref Slot(_memory, FirstReaderSlot + reader), long.MaxValue);

    /// <summary>Says that bodies that stood at <paramref name="seq"/> are kept for reading. While a reader has entered with the same or a lower number.</summary>
    public void Hold(long seq)
    {
        lock (_lock)
        {
            _held[seq] = _held.GetValueOrDefault(seq) + 1;
            PublishHeld_NeedsLock();
        }
    }

    /// <summary>Takes one <see cref="Hold"/> back.</summary>
    public void Release(long seq)
    {
        lock (_lock)
        {
            if (_held.GetValueOrDefault(seq) is var count and > 1)
            {
                _held[seq] = count - 1;
            }
            else
            {
                _held.Remove(seq);
            }

            PublishHeld_NeedsLock();
        }
    }

    /// <summary>Forgets that the database was set aside; called before it is opened anew.</summary>
    public void ForgetReplaced() => Interlocked.Exchange(ref Slot(_memory, ReplacedSlot), 0);

    /// <summary>Keeps the table for a database that is open.</summary>
    public void AddUse() => Interlocked.Increment(ref _uses);

    /// <summary>Lets go of the table; the last one takes it away.</summary>
    public void RemoveUse()
    {
        if (Interlocked.Decrement(ref _uses) > 0)
        {
            return;
        }

        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        TryDelete(_path + TableExtension);
        TryDelete(_path + LockExtension);
        _lockFile.Dispose();
    }

    private static string PathOf(string directory, long id) => Path.Join(directory, id.ToString("x16", CultureInfo.InvariantCulture));

    private static ref long Slot(byte* memory, int slot) => ref *(long*)(memory + (slot * SlotBytes));

    private static long OldestOf(string path)
    {
        if (!IsAlive(path))
        {
            return long.MaxValue;
        }

        try
        {
            using var file = OpenTable(path + TableExtension);
            if (file is null)
            {
                return HoldsAll;
            }

            using var view = file.CreateViewAccessor(0, FileBytes);
            var oldest = view.ReadInt64(HeldSlot * SlotBytes);
            for (var slot = FirstReaderSlot; slot < FileBytes / SlotBytes; slot++)
            {
                // A table that is being made is all zeros: it holds everything.
                oldest = Math.Min(oldest, view.ReadInt64(slot * SlotBytes));
            }

            // The slot of all snapshots once more: a reader may have moved its claim there after it was read.
            return Math.Min(oldest, view.ReadInt64(HeldSlot * SlotBytes));
        }
        catch (FileNotFoundException)
        {
            return long.MaxValue;
        }
    }

    private static bool IsAlive(string path)
    {
        try
        {
            using var locked = File.OpenHandle(path + LockExtension, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            TryDelete(path + TableExtension);
            TryDelete(path + LockExtension);
            return false;
        }
        catch (FileNotFoundException)
        {
            TryDelete(path + TableExtension);
            return false;
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return true;
        }
    }

    private static MemoryMappedFile MakeTable(string path)
    {
        var stream = OpenStream(path, FileMode.Create);
        try
        {
            // Written, and not only made as long: on a full disk the first touch of a page that has no place there ends the process.
            stream.Write(new byte[FileBytes]);
            return Map(stream);
        }
        catch
        {
            stream.Dispose();
            TryDelete(path);
            throw;
        }
    }

    /// <summary>Opens the table of a store; null if it is just being made.</summary>
    private static MemoryMappedFile? OpenTable(string path)
    {
        var stream = OpenStream(path, FileMode.Open);
        try
        {
            if (stream.Length >= FileBytes)
            {
                return Map(stream);
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    private static FileStream OpenStream(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
    });

    private static MemoryMappedFile Map(FileStream stream) =>
        MemoryMappedFile.CreateFromFile(stream, null, FileBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next who looks for the dead tries again.
        }
    }

    private void PublishHeld_NeedsLock()
    {
        var least = long.MaxValue;
        foreach (var seq in _held.Keys)
        {
            least = seq;
            break;
        }

        Interlocked.Exchange(ref Slot(_memory, HeldSlot), least);
    }
}
