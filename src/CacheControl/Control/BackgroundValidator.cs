using System.Collections.Concurrent;
using System.Diagnostics;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// Validates stored responses that were served stale, after the caller has been answered (RFC 5861 §3): one at a time for each response, bounded in number and
/// time, free of the caller's token, message and ambient context, with a pause after a failure.
/// </summary>
internal sealed class BackgroundValidator(CacheServices services) : IDisposable
{
    // When the last attempt failed; null while one is under way.
    private readonly ConcurrentDictionary<(CacheKey Key, string Variant), Moment?> _failed = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConcurrentDictionary<(CacheKey Key, string Variant), int> _late = new();
    private readonly CancellationTokenSource _stop = new();
    private int _begun;

    /// <summary>Validates a stored response for a request, and stores what comes back; null if there is nothing to validate any more.</summary>
    public delegate ValueTask<HttpResponseMessage?> Validation(
        HttpRequestMessage request, CacheKey key, StoredResponse served, IOriginTransport transport, CacheSpan span, CancellationToken cancellationToken);

    /// <summary>Begins a validation, unless one is under way or has just failed, or too many are running.</summary>
    /// <param name="request">The request that was answered with the response.</param>
    /// <param name="key">The key.</param>
    /// <param name="stored">The response.</param>
    /// <param name="transport">The pipeline below.</param>
    /// <param name="cause">The span of the request.</param>
    /// <param name="validate">Validates it.</param>
    public void Start(HttpRequestMessage request, CacheKey key, StoredResponse stored, IOriginTransport transport, ActivityContext cause, Validation validate)
    {
        var id = (key, stored.Variant);
        if (_stop.IsCancellationRequested || _running.Count >= services.Settings.MaximumBackgroundValidations || !TryClaim(id))
        {
            return;
        }

        // Many may have come by the count above at the same time.
        if (Interlocked.Increment(ref _begun) > services.Settings.MaximumBackgroundValidations)
        {
            Interlocked.Decrement(ref _begun);
            _failed.TryRemove(id, out _);
            return;
        }

        try
        {
            var copy = CopyOf(request, stored);
            Keep(services.Dispatch.Run(() => RunAsync(copy, stored, id, transport, cause, validate)));
        }
        catch (Exception exception)
        {
            // The caller's content can't be read again, or its message can't be copied: the caller has its answer all the same.
            Log.BackgroundFailed(services.Logger, exception, Log.Loggable(key.Uri));
            Interlocked.Decrement(ref _begun);
            Pause(id);
        }
    }

    /// <summary>Takes over a validation that its caller has not waited for. If too much is running already, it ends now.</summary>
    /// <param name="work">The validation, which disposes its lifetime.</param>
    /// <param name="key">The key.</param>
    /// <param name="stored">What is validated.</param>
    /// <param name="lifetime">How long it may go on.</param>
    public void Adopt(Task work, CacheKey key, StoredResponse stored, WorkLifetime lifetime)
    {
        if (work.IsCompleted)
        {
            Keep(LogAsync(work, key));
            return;
        }

        var id = (key, stored.Variant);
        _late.AddOrUpdate(id, 1, static (_, count) => count + 1);
        if (_running.Count >= services.Settings.MaximumBackgroundValidations)
        {
            lifetime.End();
        }

        Keep(LateAsync(work, id));
    }

    /// <summary>
    /// Whether a validation is running that a caller has waited for in vain. Another validation would be in vain too, and would ask a slow origin once more.
    /// </summary>
    public bool IsLate(CacheKey key, StoredResponse stored) => !_late.IsEmpty && _late.ContainsKey((key, stored.Variant));

    /// <summary>Whether the cache has been disposed: nothing goes on without its caller any more.</summary>
    public bool HasEnded => _stop.IsCancellationRequested;

    /// <summary>A lifetime for work that may outlive its caller: ends after the time limit, and when the cache ends.</summary>
    public WorkLifetime NewLifetime() => new(services.Settings.BackgroundTimeout, services.Clock.Provider, _stop.Token);

    /// <summary>Waits until no validation is running.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Keys);

    public void Dispose() => _stop.Cancel();

    private static HttpRequestMessage CopyOf(HttpRequestMessage request, StoredResponse stored)
    {
        var copy = RequestWriter.Clone(request, HttpFields.Empty, [FieldNames.IfNoneMatch, FieldNames.IfModifiedSince, FieldNames.IfRange, FieldNames.Range]);
        copy.Method = new HttpMethod(stored.Method);
        copy.Content = stored.Method is MethodRules.Query or MethodRules.Post ? QueryContent.Copy(request) : null;
        return copy;
    }

    private void Keep(Task task)
    {
        _running[task] = true;
        task.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task LateAsync(Task work, (CacheKey Key, string Variant) id)
    {
        await LogAsync(work, id.Key).ConfigureAwait(false);
        if (_late.AddOrUpdate(id, 0, static (_, count) => count - 1) <= 0)
        {
            _late.TryRemove(KeyValuePair.Create(id, 0));
        }
    }

    private async Task LogAsync(Task work, CacheKey key)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.BackgroundFailed(services.Logger, exception, Log.Loggable(key.Uri));
        }
    }

    private bool TryClaim((CacheKey Key, string Variant) id)
    {
        if (_failed.TryAdd(id, null))
        {
            return true;
        }

        return _failed.TryGetValue(id, out var failed) && HasRested(failed, services.Clock.Moment) && _failed.TryUpdate(id, null, failed);
    }

    private async Task RunAsync(HttpRequestMessage request, StoredResponse served, (CacheKey Key, string Variant) id, IOriginTransport transport, ActivityContext cause, Validation validate)
    {
        using var either = NewLifetime();
        using var span = services.Activities.Background(cause);

        // The caller may let go of its pipeline before this is done.
        transport = transport.Lasting();
        try
        {
            using var response = await validate(request, id.Key, served, transport, span, either.Token).ConfigureAwait(false);
            if (response is not null)
            {
                await response.Content.CopyToAsync(Stream.Null, either.Token).ConfigureAwait(false);
            }

            if (response is null || !HasFailed(response))
            {
                _failed.TryRemove(id, out _);
                return;
            }
        }
        catch (Exception exception)
        {
            // A pipeline without a factory may have been disposed by its owner: this counts as a failed validation too.
            span.Fail(exception);
            Log.BackgroundFailed(services.Logger, exception, Log.Loggable(id.Key.Uri));
        }
        finally
        {
            GC.KeepAlive(transport);
            Interlocked.Decrement(ref _begun);
        }

        Pause(id);
    }

    /// <summary>
    /// Whether the stored response is still there unchanged, because the origin failed, refused or sent a response that is not stored: without a pause each stale hit would ask the
    /// origin. A whole response or word that the resource is gone has taken it away.
    /// </summary>
    private static bool HasFailed(HttpResponseMessage response) =>
        response is CachedResponseMessage { Status.Reason: CacheReason.StaleIfError or CacheReason.Disconnected }
        || (CodingReports.StatusOf(response) is not { Stored: true } && (int)response.StatusCode is not ((>= 200 and < 300 and not 206) or 404 or 410));

    private void Pause((CacheKey Key, string Variant) id)
    {
        var now = services.Clock.Moment;
        _failed[id] = now;
        if (_failed.Count > 10_000)
        {
            foreach (var (old, failed) in _failed)
            {
                if (HasRested(failed, now))
                {
                    _failed.TryRemove(old, out _);
                }
            }
        }
    }

    private bool HasRested(Moment? failed, Moment now) => failed is { } moment && now.Since(moment) >= services.Settings.BackgroundRetryDelay;
}
