using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// Tells all processes which bodies this process may still read, by shared memory: no hit writes to the database, and no transaction stays open while a
/// caller reads a large body slowly, which would keep the write-ahead log from being reused.
/// </summary>
/// <remarks>
/// Each open store has a small mapped file, and a lock on another file that ends with its process. The mapped file holds numbers of the <c>seq</c> of <see cref="Schema"/>,
/// and then numbers of bodies. Before a read, a slot says "I may see all that was not doomed by N". After the read, each body that the snapshot has not read
/// gets a cell. If no cell is free, one slot holds the lowest seq of all such snapshots.
/// Deletion takes the last committed seq, then reads all slots, then all cells. It deletes only bodies that were doomed at or before the least of these
/// numbers and are in no cell. If deletion did not see a reader, the reader published its slot later. Then it also reads the database later, and doesn't see the doomed
/// body at all. A reader publishes its cells before it leaves its slot, so deletion sees the one or the others.
/// </remarks>
internal sealed unsafe class ReaderTable
{
    private const int FileBytes = 32 * 1024;
    private const int SlotBytes = 64;
    private const int Slots = 64;
    private const int HeldSlot = 1;
    private const int ReplacedSlot = 2;
    private const int FirstReaderSlot = 4;
    private const int FirstCell = Slots * SlotBytes;
    private const int Cells = (FileBytes - FirstCell) / sizeof(long);
    private const long HoldsAll = 0;

    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _held = [];
    private readonly Dictionary<long, HeldBody> _bodies = [];
    private readonly Stack<int> _freeCells = new(Enumerable.Range(0, Cells).Reverse());
    private readonly List<(MemoryMappedFile File, MemoryMappedViewAccessor View, SafeFileHandle LockFile)> _maps = [];
    private byte* _memory;
    private int _uses = 1;

    private ReaderTable(string path, long id, SafeFileHandle lockFile)
    {
        Id = id;
        _path = path;
        Use(lockFile);
    }

    /// <summary>The most readers in a table.</summary>
    public static int MostReaders => Slots - FirstReaderSlot;

    /// <summary>The number of this store among those that are open; random, positive.</summary>
    public long Id { get; }

    /// <summary>Whether a process has set the database aside since the last reset.</summary>
    public bool WasReplaced => Volatile.Read(ref Slot(ReplacedSlot)) != 0;

    /// <summary>Whether other processes can see the table: its files have not been deleted.</summary>
    public bool IsThere => ReaderTableFiles.AreThere(_path);

    /// <summary>Makes the table of a store that opens.</summary>
    public static ReaderTable Create(string directory)
    {
        while (true)
        {
            var id = Random.Shared.NextInt64(1, long.MaxValue);
            var path = ReaderTableFiles.PathOf(directory, id);
            if (ReaderTableFiles.TryMakeLock(path) is not { } lockFile)
            {
                continue;
            }

            try
            {
                return new ReaderTable(path, id, lockFile);
            }
            catch
            {
                ReaderTableFiles.Delete(path);
                lockFile.Dispose();
                throw;
            }
        }
    }

    /// <summary>The bodies that the open stores may still read. Deletes the tables of dead processes.</summary>
    public static ReaderClaims Claims(string directory)
    {
        Interlocked.MemoryBarrier();
        var oldest = long.MaxValue;
        var bodies = new HashSet<long>();
        foreach (var path in ReaderTableFiles.PathsIn(directory))
        {
            oldest = Math.Min(oldest, AddClaims(path, bodies));
        }

        return new ReaderClaims(oldest, bodies);
    }

    /// <summary>Whether the store with this number is open in a living process.</summary>
    public static bool IsAlive(string directory, long id) => ReaderTableFiles.IsAlive(ReaderTableFiles.PathOf(directory, id));

    /// <summary>Tells all other open stores that the database was set aside.</summary>
    public void TellOthersReplaced(string directory)
    {
        foreach (var path in ReaderTableFiles.PathsIn(directory))
        {
            if (path == _path)
            {
                continue;
            }

            try
            {
                // A table that is being made belongs to a store that opens the database later.
                using var file = ReaderTableFiles.OpenTable(path, FileBytes);
                using var view = file?.CreateViewAccessor(0, FileBytes);
                view?.Write(ReplacedSlot * SlotBytes, 1L);
            }
            catch (IOException)
            {
                // Its process has closed it since.
            }
        }
    }

    /// <summary>Claims for a reader, from now on, all bodies that existed at <paramref name="seq"/>.</summary>
    public void Enter(int reader, long seq) => Interlocked.Exchange(ref Slot(FirstReaderSlot + reader), seq);

    /// <summary>Ends that claim.</summary>
    public void Leave(int reader) => Volatile.Write(ref Slot(FirstReaderSlot + reader), long.MaxValue);

    /// <summary>Claims single bodies. Call it while a reader has entered, or before the bodies can be doomed.</summary>
    /// <returns>False if there is no room for all of them; then none is claimed.</returns>
    public bool TryHold(long[] bodies)
    {
        lock (_lock)
        {
            if (bodies.Count(body => !_bodies.ContainsKey(body)) > _freeCells.Count)
            {
                return false;
            }

            foreach (var body in bodies)
            {
                if (_bodies.TryGetValue(body, out var held))
                {
                    _bodies[body] = held with { Count = held.Count + 1 };
                    continue;
                }

                var cell = _freeCells.Pop();
                _bodies[body] = new HeldBody(cell, 1);
                Interlocked.Exchange(ref Cell(cell), body);
            }

            return true;
        }
    }

    /// <summary>Ends one claim of <see cref="TryHold"/>.</summary>
    public void Release(long[] bodies)
    {
        lock (_lock)
        {
            foreach (var body in bodies)
            {
                var held = _bodies[body];
                if (held.Count > 1)
                {
                    _bodies[body] = held with { Count = held.Count - 1 };
                    continue;
                }

                _bodies.Remove(body);
                _freeCells.Push(held.Cell);
                Volatile.Write(ref Cell(held.Cell), 0);
            }
        }
    }

    /// <summary>Claims all bodies that existed at <paramref name="seq"/>. Call it while a reader has entered with the same or a lower number.</summary>
    public void Hold(long seq)
    {
        lock (_lock)
        {
            _held[seq] = _held.GetValueOrDefault(seq) + 1;
            PublishHeld_NeedsLock();
        }
    }

    /// <summary>Ends one claim of <see cref="Hold"/>.</summary>
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

    /// <summary>Makes the files again, with all claims. Call it while no reader has entered.</summary>
    public void MakeAgain()
    {
        lock (_lock)
        {
            // One of the two may still exist, with its lock.
            ReaderTableFiles.Delete(_path);
            if (ReaderTableFiles.TryMakeLock(_path) is not { } lockFile)
            {
                return;
            }

            try
            {
                Use(lockFile);
            }
            catch
            {
                lockFile.Dispose();
                throw;
            }

            foreach (var (body, held) in _bodies)
            {
                Interlocked.Exchange(ref Cell(held.Cell), body);
            }

            PublishHeld_NeedsLock();
        }
    }

    /// <summary>Resets the mark that the database was set aside. Called before it is opened again.</summary>
    public void ForgetReplaced() => Interlocked.Exchange(ref Slot(ReplacedSlot), 0);

    /// <summary>Keeps the table for a database that is open.</summary>
    public void AddUse() => Interlocked.Increment(ref _uses);

    /// <summary>Releases the table. The last user deletes it.</summary>
    public void RemoveUse()
    {
        if (Interlocked.Decrement(ref _uses) > 0)
        {
            return;
        }

        ReaderTableFiles.Delete(_path);
        foreach (var (file, view, lockFile) in _maps)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
            lockFile.Dispose();
        }
    }

    private static long AddClaims(string path, HashSet<long> bodies)
    {
        try
        {
            if (!ReaderTableFiles.IsAlive(path))
            {
                return long.MaxValue;
            }

            using var file = ReaderTableFiles.OpenTable(path, FileBytes);
            if (file is null)
            {
                return HoldsAll;
            }

            using var view = file.CreateViewAccessor(0, FileBytes);
            var oldest = long.MaxValue;
            for (var slot = FirstReaderSlot; slot < Slots; slot++)
            {
                // A table that is being made is all zeros: it claims everything.
                oldest = Math.Min(oldest, view.ReadInt64(slot * SlotBytes));
            }

            // After the readers' slots, because claims move from there to here and never back. The loads keep this order on every processor.
            Interlocked.MemoryBarrier();
            for (var cell = 0; cell < Cells; cell++)
            {
                if (view.ReadInt64(FirstCell + (cell * sizeof(long))) is var body and not 0)
                {
                    bodies.Add(body);
                }
            }

            return Math.Min(oldest, view.ReadInt64(HeldSlot * SlotBytes));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return long.MaxValue;
        }
    }

    private ref long Slot(int slot) => ref *(long*)(_memory + (slot * SlotBytes));

    private ref long Cell(int cell) => ref *(long*)(_memory + FirstCell + (cell * sizeof(long)));

    /// <summary>Makes a table that replaces the current one. Earlier tables stay mapped: a thread may be about to write there.</summary>
    private void Use(SafeFileHandle lockFile)
    {
        var file = ReaderTableFiles.MakeTable(_path, FileBytes);
        var view = file.CreateViewAccessor(0, FileBytes);
        byte* memory = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref memory);
        for (var slot = HeldSlot; slot < Slots; slot++)
        {
            *(long*)(memory + (slot * SlotBytes)) = slot == ReplacedSlot ? 0 : long.MaxValue;
        }

        _maps.Add((file, view, lockFile));
        _memory = memory;
    }

    private void PublishHeld_NeedsLock()
    {
        var least = long.MaxValue;
        foreach (var seq in _held.Keys)
        {
            least = seq;
            break;
        }

        Interlocked.Exchange(ref Slot(HeldSlot), least);
    }

    private readonly record struct HeldBody(int Cell, int Count);
}
