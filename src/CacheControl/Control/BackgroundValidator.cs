using System.Collections.Concurrent;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// Validations that outlive their callers: of stored responses that were served without a wait (RFC 5861 §3), and those that take longer than their callers wait. One at a time for
/// each response, bounded in number and time, free of the caller's token, message and ambient context, with a pause after a failure.
/// </summary>
internal sealed class BackgroundValidator(CacheServices services, Departure departure) : IDisposable
{
    private readonly ConcurrentDictionary<ResponseId, Mark> _marks = new();
    private readonly PendingWork _running = new();
    private readonly CancellationTokenSource _stop = new();
    private int _count;

    /// <summary>Whether the cache has been disposed: nothing goes on without its caller any more.</summary>
    public bool HasEnded => _stop.IsCancellationRequested;

    /// <summary>Begins a validation after its caller has been answered, unless one is under way or has just failed, or too many are running.</summary>
    /// <param name="hit">The exchange that was answered with the stored response.</param>
    /// <param name="fork">Makes the exchange of the validation, which ends with the token.</param>
    /// <param name="validate">Validates, and stores what comes back; null if there is nothing to validate any more.</param>
    public void Start(Exchange hit, Func<Exchange, CancellationToken, Exchange> fork, Func<Exchange, ValueTask<Answer?>> validate)
    {
        var id = IdOf(hit);
        if (HasEnded || !TryClaim(id, services.Clock.Moment, rests: true))
        {
            return;
        }

        var lifetime = new WorkLifetime(services.Clock);
        try
        {
            var alone = fork(hit, lifetime.Token);
            lifetime.Limit(services.Settings.BackgroundTimeout, _stop.Token);
            _running.Add(services.Dispatch.Run(() => RunAsync(alone.OnLastingPipeline(), lifetime, id, validate)));
        }
        catch (Exception exception)
        {
            // The caller's content can't be read again, or its message can't be copied: the caller has its answer all the same.
            lifetime.Dispose();
            Log.BackgroundFailed(services.Logger, exception, Log.Loggable(id.Key.Uri));
            Release(id, hasFailed: true);
        }
    }

    /// <summary>Goes on with a validation that its caller has not waited for. If another one of the same response is running already, or too many are, it ends now.</summary>
    /// <param name="fork">The exchange of the validation.</param>
    /// <param name="lifetime">Its lifetime.</param>
    /// <param name="finish">Waits for the origin's response, and stores it.</param>
    public void GoOn(Exchange fork, WorkLifetime lifetime, Func<Exchange, ValueTask<Answer?>> finish)
    {
        var id = IdOf(fork);
        var isClaimed = TryClaim(id, lifetime.Begun, rests: false);
        if (isClaimed)
        {
            lifetime.Limit(services.Settings.BackgroundTimeout, _stop.Token);
        }
        else
        {
            lifetime.End();
        }

        _running.Add(services.Dispatch.Run(() => RunAsync(fork, lifetime, isClaimed ? id : null, finish)));
    }

    /// <summary>
    /// Whether a validation of a response is running that has taken longer than a caller waits. Another one would be in vain too, and would ask a slow origin once more.
    /// </summary>
    public bool IsLate(Exchange exchange, TimeSpan patience) =>
        _marks.TryGetValue(IdOf(exchange), out var mark) && mark.IsRunning && services.Clock.Moment.Since(mark.At) >= patience;

    /// <summary>Waits until no validation is running.</summary>
    public Task WhenIdleAsync() => _running.WhenIdleAsync();

    public void Dispose() => _stop.Cancel();

    private static ResponseId IdOf(Exchange exchange) => new(exchange.Key, exchange.Decision.Stored!.Variant);

    /// <summary>Validates without a caller. Without a claim it only releases what it has.</summary>
    private async Task RunAsync(Exchange fork, WorkLifetime lifetime, ResponseId? claim, Func<Exchange, ValueTask<Answer?>> validate)
    {
        using var end = lifetime;
        using var span = services.Activities.Background(fork.Span.Context, fork.Presented);
        fork.Span = span.Borrowed;
        var hasFailed = true;
        try
        {
            hasFailed = await validate(fork).ConfigureAwait(false) is { } answer && await HasFailedAsync(fork, answer).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A pipeline without a factory may have been disposed by its owner: this counts as a failed validation too.
            fork.Fail(exception);
            Log.BackgroundFailed(services.Logger, exception, Log.Loggable(fork.Key.Uri));
        }
        finally
        {
            fork.Release();
            GC.KeepAlive(fork.Transport);
        }

        if (claim is { } id)
        {
            Release(id, hasFailed);
        }
    }

    /// <summary>
    /// Reads the response to its end, so that the store gets it. Failed has a validation after which the stored response is still there unchanged, because the origin failed, refused or
    /// sent a response that is not stored: without a pause each stale hit would ask the origin. A whole response or word that the resource is gone has taken it away.
    /// </summary>
    private async ValueTask<bool> HasFailedAsync(Exchange fork, Answer answer)
    {
        using var response = answer.Message;
        departure.LeaveAlone(fork.Presented, answer, fork.Span);
        await response.Content.CopyToAsync(Stream.Null, fork.CancellationToken).ConfigureAwait(false);
        return answer.Status.Reason is CacheReason.StaleIfError or CacheReason.Disconnected
            || (!answer.Status.Stored && (int)response.StatusCode is not ((>= 200 and < 300 and not 206) or 404 or 410));
    }

    private bool TryClaim(ResponseId id, Moment begun, bool rests)
    {
        var maximum = services.Settings.MaximumBackgroundValidations;
        if (Volatile.Read(ref _count) < maximum)
        {
            if (!TryMark(id, begun, rests))
            {
                return false;
            }

            // Many may have come by the count above at the same time.
            if (Interlocked.Increment(ref _count) <= maximum)
            {
                return true;
            }

            Interlocked.Decrement(ref _count);
            _marks.TryRemove(id, out _);
        }

        services.Metrics.Background("refused");
        return false;
    }

    private bool TryMark(ResponseId id, Moment begun, bool rests)
    {
        var mark = new Mark(begun, IsRunning: true);
        return _marks.TryAdd(id, mark)
            || (_marks.TryGetValue(id, out var last) && !last.IsRunning && (!rests || HasRested(last, services.Clock.Moment)) && _marks.TryUpdate(id, mark, last));
    }

    private void Release(ResponseId id, bool hasFailed)
    {
        Interlocked.Decrement(ref _count);
        services.Metrics.Background(hasFailed ? "failed" : "done");
        if (!hasFailed)
        {
            _marks.TryRemove(id, out _);
            return;
        }

        var now = services.Clock.Moment;
        _marks[id] = new Mark(now, IsRunning: false);
        if (_marks.Count > 10_000)
        {
            foreach (var (old, mark) in _marks)
            {
                if (HasRested(mark, now))
                {
                    _marks.TryRemove(KeyValuePair.Create(old, mark));
                }
            }
        }
    }

    private bool HasRested(Mark last, Moment now) => !last.IsRunning && now.Since(last.At) >= services.Settings.BackgroundRetryDelay;

    /// <summary>Which stored response.</summary>
    private sealed record ResponseId(CacheKey Key, string Variant);

    /// <summary>That a response is being validated, or that its last validation has failed.</summary>
    /// <param name="At">When that began, or failed.</param>
    /// <param name="IsRunning">Whether it is being validated.</param>
    private sealed record Mark(Moment At, bool IsRunning);
}
