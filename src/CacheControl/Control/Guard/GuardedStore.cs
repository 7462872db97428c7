using System.Diagnostics.CodeAnalysis;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control.Guard;

/// <summary>
/// The one place where store faults become misses and "not stored": limited in time, logged, counted, never thrown, and after some of them not asked for.
/// An invalidation that the store could not carry out is remembered here, and nothing of that URI is used until it has been.
/// </summary>
internal sealed partial class GuardedStore : IDisposable
{
    private const int FaultsToOpen = 5;

    private readonly IHttpCacheStore _store;
    private readonly CacheMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _bodyLimit;
    private readonly StoreCircuit _circuit;
    private readonly PendingRemovals _removals;
    private readonly BlockingThreads _threads = new();
    private long _lastFaultLogged;

    /// <summary>Guards a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="metrics">Where faults are counted.</param>
    /// <param name="logger">Where faults are logged.</param>
    /// <param name="time">The clock of limits and pauses.</param>
    /// <param name="limits">How long it is waited for.</param>
    /// <param name="journal">Where pending removals are written down, disposed with this object; null for nowhere.</param>
    public GuardedStore(
        IHttpCacheStore store, CacheMetrics metrics, ILogger logger, TimeProvider time, StoreLimits limits, PendingRemovalJournal? journal = null)
    {
        _store = store;
        _atOnce = store as IHttpCacheStoreAtOnce;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _limit = limits.Timeout;
        _bodyLimit = limits.BodyTimeout;
        _circuit = new StoreCircuit(time, limits.Pause, FaultsToOpen);
        _removals = new PendingRemovals(this, store, _circuit, time, limits.Timeout, journal);
        _removals.TakeOver();
    }

    /// <summary>Tries the pending removals once more, for a bounded time, and ends the retries in the background. The store stays its owner's.</summary>
    public void Dispose() => _removals.Dispose();

    /// <summary>Reads the stored responses of a key; null if the store failed, its circuit is open, or a removal is pending that may concern them. Only the caller's cancellation is thrown.</summary>
    public ValueTask<HttpCacheSnapshot?> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        TryRead(key, cancellationToken, out var snapshot, out var pending) ? new ValueTask<HttpCacheSnapshot?>(snapshot) : pending;

    /// <summary>The same for a store that answers at once. A task's detour would be a good part of what a hit costs.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="snapshot">What is stored, or null, if the answer is true.</param>
    /// <param name="pending">What is to be waited for if it is false.</param>
    public bool TryRead(
        CacheKey key, CancellationToken cancellationToken, out HttpCacheSnapshot? snapshot, out ValueTask<HttpCacheSnapshot?> pending)
    {
        snapshot = null;
        pending = default;
        if ((_removals.Any && _removals.Cover(key.Uri)) || _metrics.MeasuresStore)
        {
            pending = ReadSlowlyAsync(key, cancellationToken);
            return false;
        }

        if (!_circuit.Admits())
        {
            return true;
        }

        using var waiting = Wait(cancellationToken);
        ValueTask<HttpCacheSnapshot> read;
        try
        {
            read = _store.ReadAsync(key, CancellationToken.None);
            if (read.IsCompletedSuccessfully)
            {
                snapshot = Checked(read.Result);
                Succeeded();
                return true;
            }
        }
        catch (Exception exception)
        {
            Fault(exception, "read");
            return true;
        }

        pending = WatchAsync("read", read, static late => late.Dispose(), cancellationToken);
        return false;
    }

    /// <summary>Opens a body; null if that can't be done, and the broken response is removed.</summary>
    public ValueTask<StoredBody?> OpenBodyAsync(
        CacheKey key, HttpCacheSnapshot snapshot, StoredResponse response, CancellationToken cancellationToken) =>
        TryOpenBody(key, snapshot, response, cancellationToken, out var body, out var pending) ? new ValueTask<StoredBody?>(body) : pending;

    /// <summary>The same for a store that answers at once.</summary>
    /// <param name="key">The key.</param>
    /// <param name="snapshot">What was read under it.</param>
    /// <param name="response">The response whose body is wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="body">The body if the answer is true.</param>
    /// <param name="pending">What is to be waited for if it is false.</param>
    public bool TryOpenBody(
        CacheKey key,
        HttpCacheSnapshot snapshot,
        StoredResponse response,
        CancellationToken cancellationToken,
        [NotNullWhen(true)] out StoredBody? body,
        out ValueTask<StoredBody?> pending)
    {
        using var waiting = Wait(cancellationToken);
        ValueTask<StoredBody> open;
        body = null;
        try
        {
            open = snapshot.OpenBodyAsync(response, CancellationToken.None);
            if (open.IsCompletedSuccessfully)
            {
                var opened = open.Result;
                if (opened.Length == response.BodyLength)
                {
                    body = Limited(opened);
                    pending = default;
                    return true;
                }

                open = new ValueTask<StoredBody>(opened);
            }
        }
        catch (Exception exception)
        {
            open = ValueTask.FromException<StoredBody>(exception);
        }

        pending = AwaitBodyAsync(open, key, response, cancellationToken);
        return false;
    }

    /// <summary>Whether nothing forbids storing under a URI: no invalidation of it is still to be carried out.</summary>
    public bool MayStore(string uri) => !_removals.Cover(uri);

    /// <summary>The largest response that the store takes, in bytes; null if it does not tell.</summary>
    public long? MaximumEntryBytes
    {
        get
        {
            try
            {
                return _store.MaximumEntryBytes;
            }
            catch (Exception)
            {
                return null;
            }
        }
    }

    /// <summary>Begins to store; without a writer the reason tells why the store won't or can't take the response.</summary>
    public async ValueTask<(HttpCacheWriter? Writer, NotStoredReason Reason)> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        if (!MayStore(key.Uri))
        {
            return (null, NotStoredReason.StoreUnavailable);
        }

        var (writer, isRefused) = await RunAsync(
            "begin write",
            (_store, key, expectedLength),
            static async call =>
            {
                var begun = await call._store.BeginWriteAsync(call.key, call.expectedLength, CancellationToken.None).ConfigureAwait(false);
                return (Writer: begun, IsRefused: begun is null && call.expectedLength is not null);
            },
            static late => late.Writer?.Dispose(),
            cancellationToken).ConfigureAwait(false);
        return (writer, isRefused ? NotStoredReason.TooLarge : NotStoredReason.StoreUnavailable);
    }

    /// <summary>Disposes a writer: an uncommitted response is gone.</summary>
    public void Abandon(HttpCacheWriter writer)
    {
        try
        {
            writer.Dispose();
        }
        catch (Exception exception)
        {
            Fault(exception, "abandon");
        }
    }

    /// <summary>Disposes the writer of an abandoned call when the call has ended: well or not.</summary>
    public void AbandonAfter(Task call, HttpCacheWriter writer) =>
        call.ContinueWith(_ => Abandon(writer), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Removes one stored response.</summary>
    public async ValueTask RemoveAsync(CacheKey key, long generation) =>
        await RunAsync("remove", () => Succeeds(_store.RemoveAsync(key, generation, CancellationToken.None))).ConfigureAwait(false);

    /// <summary>Removes all responses of a URI. If the store can't, the removal is pending, see <see cref="PendingRemovals"/>.</summary>
    public ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken) => _removals.InvalidateAsync(uri, cancellationToken);

    /// <summary>Removes the responses that have one of the tags, if the store supports that. If it fails now, the removal is pending.</summary>
    public ValueTask RemoveByTagsAsync(IEnumerable<string> tags, CancellationToken cancellationToken) =>
        _removals.RemoveAsync(tags.Select(static tag => new WideRemoval(WideRemovalKind.Tag, tag)), cancellationToken);

    /// <summary>Removes the responses whose URI begins so, if the store supports that. If it fails now, the removal is pending.</summary>
    public ValueTask RemoveByPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        _removals.RemoveAsync([new WideRemoval(WideRemovalKind.Prefix, prefix)], cancellationToken);

    /// <summary>Runs one call. It is not the caller's to cancel, only to leave: see <see cref="AbandonAsync"/>.</summary>
    /// <param name="operation">Its name in logs and metrics.</param>
    /// <param name="call">The call.</param>
    /// <param name="late">Takes a result that comes after its caller has left.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result; the default value if the call failed, ran out of time, or was not made.</returns>
    public ValueTask<T?> RunAsync<T>(string operation, Func<ValueTask<T>> call, Action<T>? late = null, CancellationToken cancellationToken = default) =>
        RunAsync(operation, call, static call => call(), late, cancellationToken);

    /// <summary>Notes how long a caller that blocks waits for the call that follows.</summary>
    public BlockingCalls.CallScope Wait(CancellationToken cancellationToken) => BlockingCalls.Begin(_limit, _time, cancellationToken);

    /// <summary>
    /// Waits for a call that has begun, as long as the limit allows; the default value if it failed or ran out of time. While the circuit is open no caller waits:
    /// one that hangs costs its limit once, not once for each response that is on its way into it.
    /// </summary>
    public ValueTask<T?> WatchAsync<T>(string operation, Task<T> running) =>
        _circuit.IsOpen && !running.IsCompleted ? default : WatchAsync(operation, new ValueTask<T>(running), null, CancellationToken.None);

    /// <summary>Notes a fault: counted always, logged at most once a second.</summary>
    public void Fault(Exception exception, string operation)
    {
        NoteFault(exception, operation);
        var opened = _circuit.Failed(exception);
        var now = Math.Max(1, _time.GetTimestamp());
        var last = Volatile.Read(ref _lastFaultLogged);
        if ((last == 0 || _time.GetElapsedTime(last, now) >= TimeSpan.FromSeconds(1))
            && Interlocked.CompareExchange(ref _lastFaultLogged, now, last) == last)
        {
            Log.StoreFault(_logger, exception, operation);
        }

        if (opened)
        {
            Log.StoreCircuitOpened(_logger);
        }
    }

    /// <summary>Turns a call without a result into one whose result says that it has succeeded.</summary>
    public static async ValueTask<bool> Succeeds(ValueTask call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    /// <summary>Notes that a call has succeeded.</summary>
    public void Succeeded()
    {
        if (_circuit.Succeeded())
        {
            Log.StoreCircuitClosed(_logger);
        }
    }

    private async ValueTask<T?> RunInTimeAsync<TCall, T>(
        string operation, TCall arguments, Func<TCall, ValueTask<T>> call, Action<T>? late, CancellationToken cancellationToken)
    {
        if (!_circuit.Admits())
        {
            return default;
        }

        var start = _metrics.MeasuresStore ? _time.GetTimestamp() : 0;
        try
        {
            var running = Begin(arguments, call);
            if (running.IsCompletedSuccessfully)
            {
                Succeeded();
                return running.Result;
            }

            return await WatchAsync(operation, running, late, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (start != 0)
            {
                _metrics.StoreOperation(operation, _time.GetElapsedTime(start));
            }
        }
    }

    private async ValueTask<StoredBody?> AwaitBodyAsync(
        ValueTask<StoredBody> open, CacheKey key, StoredResponse response, CancellationToken cancellationToken)
    {
        var task = open.AsTask();
        try
        {
            var body = await BlockingWait.WithinAsync(task, _limit, _time, cancellationToken).ConfigureAwait(false);
            if (body.Length == response.BodyLength)
            {
                return Limited(body);
            }

            // Detected here, the mismatch is a miss. Detected by the caller, it would be a short body under a good head.
            Fault(new IOException($"The stored body has {body.Length} bytes, its head says {response.BodyLength}."), "open");
            body.Dispose();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = AbandonAsync("open", task, static late => late.Dispose());
            throw;
        }
        catch (Exception exception)
        {
            // Asked once: it may end in the moment in which the limit has.
            var isRunning = exception is TimeoutException && !task.IsFaulted;
            _ = CleanUpAsync(task, static late => late.Dispose());
            Fault(exception, "open");
            if (isRunning || exception is StorePartUnavailableException)
            {
                return null;
            }
        }

        await RemoveAsync(key, response.Generation).ConfigureAwait(false);
        return null;
    }

    private StoredBody Limited(StoredBody body) => body.IsImmediate ? body : new LimitedBody(body, _bodyLimit, _time, this, _threads);

    private async ValueTask<HttpCacheSnapshot?> ReadSlowlyAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (_removals.Any && !await _removals.MakeUpAsync(key.Uri).ConfigureAwait(false))
        {
            return null;
        }

        return await RunAsync("read", () => _store.ReadAsync(key, CancellationToken.None), static late => late.Dispose(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws here, where that is a miss, if a snapshot of the store has no list of responses, or throws when it is asked for it.</summary>
    private static T Checked<T>(T result) =>
        result is HttpCacheSnapshot { Responses.IsDefault: true } ? throw new InvalidOperationException("The store returned a snapshot without a list of responses.") : result;
}
