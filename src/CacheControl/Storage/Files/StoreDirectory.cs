using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The directory of a store. This class makes it, checks it, locks it, and makes it again if it was deleted.</summary>
internal sealed class StoreDirectory : IDisposable
{
    // A change takes some hundred microseconds. A process that has a shard for longer than this has been stopped, or is counting it.
    private static readonly TimeSpan TryTimeout = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim[] _gates = new SemaphoreSlim[FileLayout.Shards];
    private readonly FileStoreSettings _settings;
    private readonly RootWatch _watch;
    private readonly string _statePath;
    private readonly string _locks;
    private volatile StateFile _state;
    private long _lastStamp;

    /// <summary>Opens the directory, and makes the missing parts.</summary>
    /// <exception cref="IOException">The path is a file, a link, another user's directory or one that others can write to; or its file system has no locks.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public StoreDirectory(string path, FileStoreSettings settings)
    {
        _settings = settings;
        Top = path;
        Root = Path.Join(path, FileLayout.VersionDirectory);
        Temporary = Path.Join(Root, "tmp");
        _locks = Path.Join(Root, "locks");
        _statePath = Path.Join(Root, "state");
        for (var i = 0; i < _gates.Length; i++)
        {
            _gates[i] = new SemaphoreSlim(1);
        }

        _watch = new RootWatch(Top, Root);
        try
        {
            Prepare();
            _watch.IsAnother();
            CheckLocks();
            _state = OpenState();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not RefusedPathException))
        {
            throw RefusedPathException.Of(nameof(FileHttpCacheStore), path, exception);
        }

        settings.Seal.Bind(_state.Identity);
    }

    /// <summary>The directory that the user named.</summary>
    public string Top { get; }

    /// <summary>The directory of this version's files.</summary>
    public string Root { get; }

    /// <summary>The directory where files are written before they are moved into place.</summary>
    public string Temporary { get; }

    /// <summary>The state that the processes share.</summary>
    public StateFile State => _state;

    /// <summary>
    /// Whether an open file tells that it has lost its name. Network file systems keep the name of an open file, under another name, and have no such answer.
    /// </summary>
    public bool TellsLostNames { get; private set; }

    /// <summary>What was found in the last check of the directory. The reference changes if the directory does.</summary>
    public object? Checked => _watch.State;

    /// <summary>
    /// The number of removals that this process has read last, for a snapshot that is read after this call. A snapshot may be taken for older than it is: then a commit asks
    /// which removals have come since. It is never taken for newer.
    /// </summary>
    public long LastStamp => Volatile.Read(ref _lastStamp);

    /// <summary>The number of removals so far, for a snapshot that is read after this call.</summary>
    /// <exception cref="IOException">Another directory has replaced the store's, and it can't be trusted.</exception>
    public long ReadStamp()
    {
        if (_watch.IsAnother())
        {
            Refresh();
        }

        var stamp = _state.ReadCounter();
        if (!StateFile.IsCounter(stamp))
        {
            Refresh();
            stamp = _state.ReadCounter();
        }

        Volatile.Write(ref _lastStamp, stamp);
        return stamp;
    }

    /// <summary>Takes the right to change a shard.</summary>
    /// <exception cref="IOException">Another process holds the shard for too long.</exception>
    public async ValueTask<ShardLock> LockAsync(int shard, CancellationToken cancellationToken) =>
        await LockAsync(shard, _settings.LockPatience, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException("The cache's files stayed locked for too long.");

    /// <summary>Takes the right to change a shard; null if another process has it and does not release it soon.</summary>
    public ValueTask<ShardLock?> TryLockAsync(int shard, CancellationToken cancellationToken) => LockAsync(shard, TryTimeout, cancellationToken);

    private async ValueTask<ShardLock?> LockAsync(int shard, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_watch.IsAnother())
        {
            Refresh();
        }

        var gate = _gates[shard];
        if (!(BlockingCalls.IsCurrent ? gate.Wait(timeout, cancellationToken) : await gate.WaitAsync(timeout, cancellationToken).ConfigureAwait(false)))
        {
            return null;
        }

        ShardLock? locked = null;
        try
        {
            if (await LockFileAsync(Path.Join(_locks, FilePlace.ShardName(shard)), timeout, cancellationToken).ConfigureAwait(false) is { } file)
            {
                CheckIdentity(file);
                locked = Locked(gate, file, shard);
            }

            return locked;
        }
        finally
        {
            if (locked is null)
            {
                gate.Release();
            }
        }
    }

    private ShardLock Locked(SemaphoreSlim gate, SafeFileHandle file, int shard)
    {
        var state = _state;
        var (counter, usage) = state.ReadForChange(shard);
        if (!StateFile.IsCounter(counter))
        {
            Refresh();
            Name(file);
            state = _state;
            (counter, usage) = state.ReadForChange(shard);
        }

        return new ShardLock(gate, file, state, shard, counter, usage);
    }

    /// <summary>Records a removal. Waits for other processes that also record one.</summary>
    public async ValueTask AppendAsync(StateFile state, Removal removal, CancellationToken cancellationToken)
    {
        using var file = await LockFileAsync(Path.Join(_locks, "log"), _settings.LockPatience, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException("The cache's log of removals stayed locked for too long.");

        // The process's own removals must not refuse what it asks for after them.
        Volatile.Write(ref _lastStamp, state.Append(removal));
        if (_settings.Fsync)
        {
            state.Flush();
        }
    }

    /// <summary>Takes the right to do maintenance; null if another process has it.</summary>
    public SafeFileHandle? TryLockMaintenance() => TryLockFile(Path.Join(_locks, "maintenance"));

    /// <summary>Makes a file to write to, under a unique name.</summary>
    /// <param name="preallocate">The bytes of disk to reserve.</param>
    /// <param name="path">The path of the file.</param>
    public SafeFileHandle CreateTemporary(long preallocate, out string path)
    {
        var name = FileId.Create().ToString();

        // In many directories: processes that make files in one directory, or rename files out of it, wait for each other.
        path = Path.Join(Temporary, name[..2], name);
        try
        {
            return FileModes.CreateFile(path, preallocate: preallocate);
        }
        catch (DirectoryNotFoundException)
        {
            // The first file there, or the store was deleted. A process that stores only large bodies never takes the lock, where a deletion is noticed otherwise.
            Refresh();
            FileModes.CreateDirectory(Path.GetDirectoryName(path)!);
            return FileModes.CreateFile(path, preallocate: preallocate);
        }
    }

    /// <summary>Makes the missing directories, the top one included.</summary>
    public void Prepare()
    {
        if (File.Exists(Top))
        {
            throw new RefusedPathException($"The cache directory '{Top}' is a file: give the {nameof(FileHttpCacheStore)} a directory.");
        }

        if (!Directory.Exists(Top))
        {
            FileModes.CreateDirectory(Top);
        }

        DirectoryGuard.Check(Top, nameof(FileHttpCacheStore));
        FileModes.CreateDirectory(Root);
        DirectoryGuard.Check(Root, nameof(FileHttpCacheStore));
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Root) != FileModes.Directory)
        {
            // Only the owner may do this: it fails if a stranger has made the directory.
            File.SetUnixFileMode(Root, FileModes.Directory);
        }

        FileModes.CreateDirectory(Temporary);
        FileModes.CreateDirectory(_locks);
    }

    /// <summary>Checks that the state is still that of the directory, which may have been deleted and made again.</summary>
    public void Refresh()
    {
        if (StateFile.TryOpen(_statePath) is not { } found)
        {
            Prepare();
            _state = OpenState();
            _settings.Seal.Bind(_state.Identity);
        }
        else if (found.Identity != _state.Identity)
        {
            // The finalizer closes the old one: other threads may be reading from it.
            _state = found;
            _settings.Seal.Bind(found.Identity);
        }
        else
        {
            found.Dispose();
        }
    }

    public void Dispose() => _state.Dispose();

    private static SafeFileHandle? TryLockFile(string path)
    {
        if (LinuxCalls.AreKnown)
        {
            return LinuxChanges.TryOpenLocked(path);
        }

        try
        {
            return FileModes.OpenLocked(path);
        }
        catch (IOException exception) when (FileLocks.IsTaken(exception))
        {
            return null;
        }
    }

    private async ValueTask<SafeFileHandle?> LockFileAsync(string path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ;)
        {
            try
            {
                if (TryLockFile(path) is { } file)
                {
                    return file;
                }
            }
            catch (DirectoryNotFoundException) when (waited < timeout)
            {
                Prepare();
            }

            if (waited >= timeout)
            {
                return null;
            }

            // Changes take some hundred microseconds. The jitter prevents two processes from meeting again and again.
            var pause = TimeSpan.FromMilliseconds(1 + Random.Shared.Next(3));
            if (BlockingCalls.IsCurrent)
            {
                Thread.Sleep(pause);
            }
            else
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }

            waited += pause;
        }
    }

    /// <summary>A lock file names the store that it belongs to. If it names another one, the directory was deleted and made again.</summary>
    private void CheckIdentity(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        if (FileModes.Read(file, bytes, 0) == bytes.Length && BinaryPrimitives.ReadInt64LittleEndian(bytes) == _state.Identity)
        {
            return;
        }

        Refresh();
        Name(file);
    }

    /// <summary>Writes the store's identity into a lock file.</summary>
    private void Name(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, _state.Identity);
        RandomAccess.Write(file, bytes, 0);
    }

    private string NewPath() => Path.Join(Temporary, FileId.Create().ToString());

    private StateFile OpenState()
    {
        if (StateFile.TryOpen(_statePath) is { } found)
        {
            return found;
        }

        var deadline = _settings.LockPatience;
        while (deadline > TimeSpan.Zero)
        {
            using var file = TryLockFile(Path.Join(_locks, "open"));
            if (file is not null)
            {
                if (StateFile.TryOpen(_statePath) is null)
                {
                    StateFile.Create(_statePath, NewPath(), _settings.Fsync, shard => Directory.Exists(FilePlace.ShardDirectory(Root, shard)));
                    FlushNames();
                }

                return StateFile.TryOpen(_statePath) ?? throw new IOException($"The state of the cache in '{Top}' can't be read back.");
            }

            Thread.Sleep(1);
            deadline -= TimeSpan.FromMilliseconds(1);
        }

        throw new IOException($"The cache in '{Top}' can't be opened: another process has locked it.");
    }

    /// <summary>If the state file of a store has lost its name, the store starts empty. Otherwise removed responses would come back, and encrypted ones could not be read.</summary>
    private void FlushNames()
    {
        if (_settings.Fsync)
        {
            FileModes.FlushDirectory(Root);
            FileModes.FlushDirectory(Top);
            FileModes.FlushDirectory(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Top)) ?? Top);
        }
    }

    /// <summary>
    /// Checks that locks work. They do not on some network file systems, or if .NET is configured without them. Asks in passing what open files tell there.
    /// </summary>
    private void CheckLocks()
    {
        var path = NewPath();
        using (var first = FileModes.OpenLocked(path))
        {
            using var second = TryLockFile(path);
            if (second is not null)
            {
                FileModes.TryDelete(path);
                throw new RefusedPathException(
                    $"Files in the cache directory '{Top}' can't be locked: give the {nameof(FileHttpCacheStore)} a local directory, and don't set DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
            }

            if (LinuxCalls.AreKnown && FileModes.TryDelete(path))
            {
                TellsLostNames = LinuxCalls.TryGetIdentity(first, out var identity) && !identity.HasName;
                return;
            }
        }

        FileModes.TryDelete(path);
    }
}
