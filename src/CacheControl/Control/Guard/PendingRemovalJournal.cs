using System.Security.Cryptography;
using System.Text;
using HttpCaching.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control.Guard;

/// <summary>
/// The removals that are under way or pending, written down in a directory where they outlast the process: before the store is asked. The next cache of the same name
/// takes over the file of a process that has ended, whether or not it was killed. The file is emptied once no removal is pending: a removal that is carried out
/// twice does no harm.
/// </summary>
internal sealed class PendingRemovalJournal : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly string _directory;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Lock _taking = new();
    private readonly Dictionary<object, PendingRemovalLine> _outstanding = new(ReferenceEqualityComparer.Instance);
    private PendingRemovalFile _file;
    private ITimer? _timer;
    private bool _isDisposed;
    private bool _hasFailed;

    /// <summary>Begins a file in a directory, which is made (for this user only) if it is missing.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name of the cache: caches of other names may have other stores.</param>
    /// <param name="time">The clock of the looks for files of processes that have ended.</param>
    /// <param name="logger">Where it is logged that nothing can be written down.</param>
    /// <exception cref="IOException">The directory can't be used; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write there.</exception>
    public PendingRemovalJournal(string directory, string? name, TimeProvider time, ILogger logger)
    {
        const string User = "option Store." + nameof(HttpCacheStorageOptions.PendingRemovalsDirectory);
        _directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        _prefix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name ?? string.Empty)).AsSpan(0, 8)) + "-";
        _time = time;
        _logger = logger;
        try
        {
            Make(_directory);
            DirectoryGuard.Check(_directory, User);
            _file = PendingRemovalFile.Create(_directory, _prefix);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not RefusedPathException))
        {
            throw RefusedPathException.Of(User, _directory, exception, "option");
        }

        if (!_file.IsLocked())
        {
            _file.Delete();
            throw new RefusedPathException(
                $"Files in '{_directory}' can't be locked: give the {User} a local directory, and don't set DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
        }
    }

    /// <summary>Takes over now what processes have left that have ended, and looks for more from then on.</summary>
    /// <param name="take">Takes one removal, and writes it down again here before it returns.</param>
    public void TakeOver(Action<PendingRemovalLine> take)
    {
        TakeOverNow(take);
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = _time.CreateTimer(_ => TakeOverNow(take), null, Pause, Pause);
        }
    }

    /// <summary>Writes a removal down.</summary>
    /// <param name="token">Stands for it.</param>
    /// <param name="removal">The removal.</param>
    public void Write(object token, PendingRemovalLine removal)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _outstanding[token] = removal;
            try
            {
                if (!_file.TryAppend(removal.ToBytes()))
                {
                    Restart_NeedsLock();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Failed_NeedsLock(exception);
            }
        }
    }

    /// <summary>Notes that a removal has been carried out.</summary>
    public void Settle(object token)
    {
        lock (_lock)
        {
            if (!_outstanding.Remove(token) || _outstanding.Count > 0 || _isDisposed)
            {
                return;
            }

            try
            {
                _file.Empty();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Failed_NeedsLock(exception);
            }
        }
    }

    /// <summary>Closes the file; another process may take over the removals left in it.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (_outstanding.Count == 0)
            {
                TryDelete(_file);
            }

            _file.Dispose();
        }
    }

    /// <summary>Begins another file with the outstanding removals, and only then gives up the full one. If they are too many for it, one line stands for everything.</summary>
    private void Restart_NeedsLock()
    {
        var file = PendingRemovalFile.Create(_directory, _prefix);
        using var lines = new MemoryStream();
        foreach (var removal in _outstanding.Values)
        {
            var line = removal.ToBytes();
            if (lines.Length + line.Length > PendingRemovalFile.MostBytes / 2)
            {
                lines.Write(PendingRemovalLine.OfAll.ToBytes());
                break;
            }

            lines.Write(line);
        }

        var full = _file;
        try
        {
            file.TryAppend(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            _file = file;
        }
        catch
        {
            TryDelete(file);
            file.Dispose();
            throw;
        }

        TryDelete(full);
        full.Dispose();
    }

    private void TakeOverNow(Action<PendingRemovalLine> take)
    {
        if (!_taking.TryEnter())
        {
            return;
        }

        try
        {
            KeepName();
            foreach (var path in Directory.EnumerateFiles(_directory, _prefix + "*" + PendingRemovalFile.Extension))
            {
                TakeOver(path, take);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lock (_lock)
            {
                Failed_NeedsLock(exception);
            }
        }
        finally
        {
            _taking.Exit();
        }
    }

    /// <summary>Begins another file if the name of this one was deleted, with which no other process would find it.</summary>
    private void KeepName()
    {
        lock (_lock)
        {
            if (!_isDisposed && !_file.HasName)
            {
                Make(_directory);
                Restart_NeedsLock();
            }
        }
    }

    private static void TakeOver(string path, Action<PendingRemovalLine> take)
    {
        try
        {
            using var file = PendingRemovalFile.TryTakeOver(path);
            if (file is null)
            {
                return;
            }

            foreach (var removal in file.Read())
            {
                take(removal);
            }

            file.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // It is no regular file, or can't be read: nothing that was left by this class.
        }
    }

    private static void TryDelete(PendingRemovalFile file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process that looks takes it over: its removals are carried out twice.
        }
    }

    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Failed_NeedsLock(Exception exception)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            Log.PendingRemovalsNotWritten(_logger, exception, _directory);
        }
    }
}
