using System.Collections.Concurrent;
using System.Collections.Immutable;
using CacheControl.Diagnostics;
using CacheControl.Model;
using CacheControl.Storage;
using Microsoft.Extensions.Logging;

namespace CacheControl.Control;

/// <summary>
/// The one place where store faults become misses and "not stored": logged, counted, never thrown.
/// An invalidation that the store could not carry out is remembered here, and nothing of that URI is used until it has been.
/// </summary>
internal sealed class GuardedStore(IHttpCacheStore store, CacheMetrics metrics, ILogger logger, TimeProvider time)
{
    private const int MaximumTombstones = 10_000;

    private readonly ConcurrentDictionary<string, bool> _tombstones = new(StringComparer.Ordinal);
    private volatile bool _hasTombstones;
    private volatile bool _refusesAll;

    /// <summary>Reads what is stored; <see langword="null"/> if the store failed or may not be believed. Only cancellation by the caller is thrown.</summary>
    public ValueTask<HttpCacheSnapshot?> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (_hasTombstones || metrics.MeasuresStore)
        {
            return ReadSlowlyAsync(key, cancellationToken);
        }

        try
        {
            var read = store.ReadAsync(key, cancellationToken);
            return read.IsCompletedSuccessfully ? new ValueTask<HttpCacheSnapshot?>(read.Result) : AwaitReadAsync(read, cancellationToken);
        }
        catch (Exception exception) when (!IsCallers(exception, cancellationToken))
        {
            Fault(exception, "read");
            return default;
        }
    }

    /// <summary>Opens a body; <see langword="null"/> if that can't be done, and the broken response is removed.</summary>
    public ValueTask<StoredBody?> OpenBodyAsync(
        CacheKey key, HttpCacheSnapshot snapshot, StoredResponse response, CancellationToken cancellationToken)
    {
        ValueTask<StoredBody> open;
        try
        {
            open = snapshot.OpenBodyAsync(response, cancellationToken);
        }
        catch (Exception exception)
        {
            open = ValueTask.FromException<StoredBody>(exception);
        }

        return open.IsCompletedSuccessfully ? new ValueTask<StoredBody?>(open.Result) : AwaitBodyAsync(open, key, response, cancellationToken);
    }

    public ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength) =>
        _refusesAll || _tombstones.ContainsKey(key.Uri)
            ? default
            : GuardAsync("begin write", ct => store.BeginWriteAsync(key, expectedLength, ct));

    public ValueTask<bool> ReplaceHeadAsync(CacheKey key, long generation, StoredResponse head, TimeSpan retention) =>
        GuardAsync("replace head", ct => store.ReplaceHeadAsync(key, generation, head, retention, ct));

    public async ValueTask RemoveAsync(CacheKey key, long generation) =>
        await GuardAsync("remove", async ct =>
        {
            await store.RemoveAsync(key, generation, ct).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);

    /// <summary>Removes all of a URI. What the store can't remove is buried here.</summary>
    public async ValueTask InvalidateAsync(string uri)
    {
        if (!await TryInvalidateAsync(uri).ConfigureAwait(false))
        {
            if (_tombstones.Count < MaximumTombstones)
            {
                _tombstones[uri] = true;
            }
            else
            {
                _refusesAll = true;
            }

            _hasTombstones = true;
        }
    }

    public async ValueTask<long> RemoveByTagAsync(string tag) =>
        store is IHttpCacheStoreMaintenance maintenance
            ? await GuardAsync("remove by tag", ct => maintenance.RemoveByTagAsync(tag, ct)).ConfigureAwait(false)
            : 0;

    /// <summary>Notes a fault that showed outside of a call made here, while a body was read or written, say.</summary>
    public void Fault(Exception exception, string operation)
    {
        metrics.StoreFault(operation);
        Log.StoreFault(logger, exception, operation);
    }

    private async ValueTask<bool> TryInvalidateAsync(string uri) =>
        await GuardAsync("invalidate", async ct =>
        {
            await store.InvalidateAsync(uri, ct).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);

    private async ValueTask<HttpCacheSnapshot?> ReadSlowlyAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (_refusesAll || (_tombstones.ContainsKey(key.Uri) && !await DigUpAsync(key.Uri).ConfigureAwait(false)))
        {
            return null;
        }

        var start = time.GetTimestamp();
        try
        {
            return await store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsCallers(exception, cancellationToken))
        {
            Fault(exception, "read");
            return null;
        }
        finally
        {
            metrics.StoreOperation("read", time.GetElapsedTime(start));
        }
    }

    /// <summary>Tries the invalidation again; the tombstone stays if it fails again.</summary>
    private async ValueTask<bool> DigUpAsync(string uri)
    {
        if (!await TryInvalidateAsync(uri).ConfigureAwait(false))
        {
            return false;
        }

        _tombstones.TryRemove(uri, out _);
        _hasTombstones = !_tombstones.IsEmpty;
        return true;
    }

    private async ValueTask<StoredBody?> AwaitBodyAsync(
        ValueTask<StoredBody> open, CacheKey key, StoredResponse response, CancellationToken cancellationToken)
    {
        try
        {
            return await open.ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsCallers(exception, cancellationToken))
        {
            Fault(exception, "open");
            await RemoveAsync(key, response.Generation).ConfigureAwait(false);
            return null;
        }
    }

    private async ValueTask<HttpCacheSnapshot?> AwaitReadAsync(ValueTask<HttpCacheSnapshot> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsCallers(exception, cancellationToken))
        {
            Fault(exception, "read");
            return null;
        }
    }

    /// <summary>Runs a change to the store. It is not the caller's to cancel: the response it concerns is already here.</summary>
    private async ValueTask<T?> GuardAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call)
    {
        var start = metrics.MeasuresStore ? time.GetTimestamp() : 0;
        try
        {
            return await call(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fault(exception, operation);
            return default;
        }
        finally
        {
            if (start != 0)
            {
                metrics.StoreOperation(operation, time.GetElapsedTime(start));
            }
        }
    }

    private static bool IsCallers(Exception exception, CancellationToken cancellationToken) =>
        exception is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
