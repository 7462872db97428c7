using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>The ways in which a call to a <see cref="WatchedCache"/> can go wrong.</summary>
public enum EngineFault
{
    /// <summary>Throws.</summary>
    Throw,

    /// <summary>Throws before it returns a task.</summary>
    ThrowAtOnce,

    /// <summary>Never ends, and minds no token.</summary>
    Hang,

    /// <summary>Reads bytes of somebody else.</summary>
    Garbage,

    /// <summary>Reads half of the value.</summary>
    Truncate,

    /// <summary>Reads the value with one bit changed in its middle.</summary>
    FlipBit,

    /// <summary>Reads far more than any value has.</summary>
    Endless,

    /// <summary>Reads nothing.</summary>
    Missing,

    /// <summary>Reads the value of another key of its kind, as it was written.</summary>
    Mixed,
}

/// <summary>An engine in memory whose calls are numbered, can be made to fail, and can be held up.</summary>
internal sealed class WatchedCache : IDistributedCache
{
    private readonly MemoryDistributedCache _inner = new(Options.Create(new MemoryDistributedCacheOptions()));
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TimeSpan?> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _calls = [];

    /// <summary>Called before each call with its number, from 1, its name and its key.</summary>
    public Func<int, string, string, Task>? Before { get; set; }

    /// <summary>The fault of a call, by its number.</summary>
    public Func<int, EngineFault?>? Fault { get; set; }

    /// <summary>The calls so far: name and kind of value.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The keys that were set and not removed.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _keys.Keys];
            }
        }
    }

    /// <summary>For how long a key was set.</summary>
    public TimeSpan? RetentionOf(string key)
    {
        lock (_lock)
        {
            return _keys[key];
        }
    }

    /// <summary>Drops values, as an engine does that needs room.</summary>
    public void Evict(Func<string, bool> matches)
    {
        foreach (var key in Keys.Where(matches))
        {
            _inner.Remove(key);
            lock (_lock)
            {
                _keys.Remove(key);
            }
        }
    }

    /// <summary>The kind of value that a key is of: r, u, o, s, l, t or b.</summary>
    public static char KindOf(string key) => key["http-cache:".Length];

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var fault = await EnterAsync("get", key);
        var value = await _inner.GetAsync(key, token);
        return fault switch
        {
            EngineFault.Garbage => "somebody else's value"u8.ToArray(),
            EngineFault.Truncate => value?[..(value.Length / 2)],
            EngineFault.FlipBit => Flip(value),
            EngineFault.Endless => new byte[40 * 1024 * 1024],
            EngineFault.Missing => null,
            EngineFault.Mixed => Keys.FirstOrDefault(k => k != key && KindOf(k) == KindOf(key)) is { } other ? await _inner.GetAsync(other, token) : value,
            _ => value,
        };
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        return EnterAsync("set", key).ContinueWith(
            entered =>
            {
                entered.GetAwaiter().GetResult();
                lock (_lock)
                {
                    _keys[key] = options.AbsoluteExpirationRelativeToNow ?? options.SlidingExpiration;
                }

                return _inner.SetAsync(key, value, options, token);
            },
            TaskScheduler.Default).Unwrap();
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await EnterAsync("remove", key);
        await _inner.RemoveAsync(key, token);
        lock (_lock)
        {
            _keys.Remove(key);
        }
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => _inner.RefreshAsync(key, token);

    public byte[]? Get(string key) => throw new InvalidOperationException("A blocking member was called.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new InvalidOperationException("A blocking member was called.");

    public void Remove(string key) => throw new InvalidOperationException("A blocking member was called.");

    public void Refresh(string key) => throw new InvalidOperationException("A blocking member was called.");

    private static byte[]? Flip(byte[]? value)
    {
        var copy = value?.ToArray();
        if (copy is { Length: > 0 })
        {
            copy[copy.Length / 2] ^= 1;
        }

        return copy;
    }

    private Task<EngineFault?> EnterAsync(string name, string key)
    {
        int number;
        lock (_lock)
        {
            _calls.Add($"{name} {KindOf(key)}");
            number = _calls.Count;
        }

        var fault = Fault?.Invoke(number);
        return fault == EngineFault.ThrowAtOnce
            ? throw new InvalidOperationException("The engine is broken.")
            : WaitAsync(number, name, key, fault);
    }

    private async Task<EngineFault?> WaitAsync(int number, string name, string key, EngineFault? fault)
    {
        if (Before is { } before)
        {
            await before(number, name, key);
        }

        switch (fault)
        {
            case EngineFault.Throw:
                await Task.Yield();
                throw new IOException("The engine has failed.");
            case EngineFault.Hang:
                await new TaskCompletionSource().Task;
                break;
        }

        return fault;
    }
}
