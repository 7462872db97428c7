using System.Runtime.InteropServices;
using HttpCaching.StoreContract;
using HttpCaching.StressHost;

namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>One store, this process at it, and another one that changes it under the shim.</summary>
internal sealed class SystemCallRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("cache control ");
    private readonly Shim _shim;
    private readonly string _root;
    private readonly string _target;
    private readonly IHttpCacheStore _store;
    private readonly List<string> _faults = [];

    /// <param name="shim">What leads the other process.</param>
    /// <param name="isSqlite">Whether the store is one file of SQLite.</param>
    /// <param name="isDurable">Whether the other process waits for the disk.</param>
    public SystemCallRun(Shim shim, bool isSqlite, bool isDurable = false)
    {
        _shim = shim;
        _root = Path.Join(_parent.FullName, "root");
        Signals = _parent.CreateSubdirectory("signals").FullName;
        var file = Path.Join(_root, "cache.db");
        if (isSqlite)
        {
            Directory.CreateDirectory(_root);
        }

        _target = isSqlite ? "sqlite:" + file : isDurable ? "fsync:" + _root : _root;
        _store = isSqlite
            ? new SqliteHttpCacheStore(file)
            : new FileHttpCacheStore(_root, new FileHttpCacheStoreOptions().ToSettings() with { LockPatience = TimeSpan.FromMilliseconds(500) });
    }

    /// <summary>Where the shim is told when to count.</summary>
    public string Signals { get; }

    /// <summary>Has the other process change the store, and waits for its end.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> ChangeAsync(string operation, SystemCallPoint? point)
    {
        await PutAsync(StoreStep.Subject, 50_000);
        await PutAsync(StoreStep.Bystander, 50_000);
        using var host = HostProcess.Start(_shim.Lead(_root, Signals, point), "step", _target, operation, Signals);
        if (point?.Action != "stop")
        {
            return (await host.WaitAsync().WaitAsync(Patience)).Output.Trim();
        }

        var ended = host.WaitAsync();
        var isInvalidated = false;
        while (!ended.IsCompleted && !IsStopped(host.Id))
        {
            await Task.WhenAny(ended, Task.Delay(5));
        }

        if (!ended.IsCompleted)
        {
            var hasRead = File.Exists(Path.Join(Signals, StoreStep.HasRead));
            isInvalidated = await WorkBesideAsync() && hasRead;
            ContinueProcess(host.Id);
        }

        var output = (await ended.WaitAsync(Patience)).Output.Trim();
        if (isInvalidated && (await ReadAsync(StoreStep.Subject)).Length > 0)
        {
            _faults.Add("what was read before an invalidation came back after it");
        }

        return output;
    }

    /// <summary>Has the other process change the store, and looks at what is there afterwards.</summary>
    /// <returns>What is wrong.</returns>
    public async Task<List<string>> FaultsOfAsync(string operation, SystemCallPoint point)
    {
        var output = await ChangeAsync(operation, point);
        var subject = await ReadAsync(StoreStep.Subject);
        var newcomer = await ReadAsync(StoreStep.Newcomer);
        if (output == "done" && operation == "put new" && newcomer.Length != 1)
        {
            _faults.Add("what was stored is not there");
        }

        if (output == "done" && operation is "remove" or "invalidate" or "tag" or "prefix" or "clear" && subject.Length > 0)
        {
            _faults.Add("what was removed is there");
        }

        if (operation != "clear" && (await ReadAsync(StoreStep.Bystander)).Length != 1)
        {
            _faults.Add("the bystander is lost");
        }

        if (!await PutAsync(StoreStep.Subject, 70_000) || (await ReadAsync(StoreStep.Subject)).Length == 0)
        {
            _faults.Add("nothing can be stored any more");
        }

        if (_store is FileHttpCacheStore files)
        {
            // No need to wait for the files of the dead to age: nobody else is here any more.
            files.Dispose();
            using var sweeping = new FileHttpCacheStore(_root, new FileHttpCacheStoreOptions().ToSettings() with { OrphanAge = TimeSpan.Zero });
            await sweeping.MaintainAsync();
            CheckBooks(sweeping);
        }

        return _faults;
    }

    public async ValueTask DisposeAsync()
    {
        (_store as IDisposable)?.Dispose();
        await Task.Yield();
        _parent.Delete(recursive: true);
    }

    private static bool IsStopped(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is 'T' or 't';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void ContinueProcess(int process)
    {
        const int Continue = 18;
        _ = Signal(process, Continue);
    }

    /// <summary>Works with the store while the other process stands still. Reads wait for nobody.</summary>
    /// <returns>Whether the subject was invalidated; it can't be if the other process stands within its change.</returns>
    private async Task<bool> WorkBesideAsync()
    {
        if (_store is not FileHttpCacheStore)
        {
            // The other process may have a lock that SQLite needs for everything: a fault is a miss then.
            return false;
        }

        await ReadAsync(StoreStep.Subject);
        await ReadAsync(StoreStep.Bystander);
        await ReadAsync(StoreStep.Newcomer);

        try
        {
            await _store.InvalidateAsync(StoreStep.Subject.Uri, default).AsTask().WaitAsync(Patience);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<bool> PutAsync(CacheKey key, int length)
    {
        var head = StoredResponses.Get(key.Uri, length, rank: 5, tags: key == StoreStep.Subject ? StoreStep.Tag : "blue");
        using var snapshot = await _store.ReadAsync(key, default);
        using var writer = await _store.BeginWriteAsync(key, length, default);
        return writer is not null && await writer.WriteAsync(SelfDescribingBody.Create(head.BodyId, length), default)
            && await writer.CommitAsync(
                new StoreCommit { Head = head, Stamp = snapshot.Stamp, Retention = TimeSpan.FromHours(1), Replaces = snapshot.Responses.FirstOrDefault()?.Generation }, default);
    }

    private async Task<StoredResponse[]> ReadAsync(CacheKey key)
    {
        using var snapshot = await _store.ReadAsync(key, default).AsTask().WaitAsync(Patience);
        foreach (var response in snapshot.Responses)
        {
            using var body = await snapshot.OpenBodyAsync(response, default);
            var bytes = new byte[body.Length];
            for (var offset = 0; offset < bytes.Length;)
            {
                offset += await body.ReadAsync(offset, bytes.AsMemory(offset), default) is var count and > 0 ? count : bytes.Length;
            }

            if (bytes.Length != response.BodyLength || !SelfDescribingBody.Matches(response.BodyId, response.BodyLength, 0, bytes))
            {
                _faults.Add($"the body of {key} is wrong");
            }
        }

        return [.. snapshot.Responses];
    }

    private void CheckBooks(FileHttpCacheStore store)
    {
        string[] Files(string pattern) => Directory.GetFiles(_root, pattern, SearchOption.AllDirectories);
        var bytes = Files("*.r").Concat(Files("*.b")).Sum(f => (new FileInfo(f).Length + 4095) / 4096 * 4096);
        if (store.Bytes != bytes || store.Keys != Files("*.r").Length)
        {
            _faults.Add($"the books say {store.Bytes} bytes and {store.Keys} keys, and there are {bytes} and {Files("*.r").Length}");
        }

        if (Files("*.t").Length > 0 || Directory.GetFiles(Path.Join(_root, "v1", "tmp"), "*", SearchOption.AllDirectories).Length > 0)
        {
            _faults.Add("temporary files are left");
        }

        if (Files("*.b").Length > Files("*.r").Length)
        {
            _faults.Add("bodies are left that no record refers to");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
