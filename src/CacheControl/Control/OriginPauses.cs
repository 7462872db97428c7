using HttpCaching.Control.Keys;
using HttpCaching.Control.Time;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// Resources that are not asked for until a time has come: the origin said so with Retry-After, or has just failed while a stored response stood in.
/// Bounded; for one that is forgotten the origin is simply asked.
/// </summary>
internal sealed class OriginPauses(CacheServices services)
{
    private const int Maximum = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly BoundedTable<CacheKey, OriginPause> _pauses = new(Maximum);

    /// <summary>Notes what a response says of the time of the next request.</summary>
    public void Note(Exchange exchange, ResponseHead response)
    {
        if (exchange.Decision.Kind == DecisionKind.Bypass)
        {
            return;
        }

        var now = services.Clock.Moment;
        if (services.Settings.HonorRetryAfter && response.StatusCode is 429 or 503 && RetryRules.DelayOf(response.Fields, now.Wall) is { } delay)
        {
            Set(exchange.Key, new OriginPause(now, delay < Longest ? delay : Longest, CacheReason.RetryAfter));
        }
        else if (StatusRules.IsErrorForStale(response.StatusCode))
        {
            NoteFailure(exchange);
        }
        else
        {
            _pauses.Remove(exchange.Key, static _ => true);
        }
    }

    /// <summary>Notes that the origin failed.</summary>
    public void NoteFailure(Exchange exchange)
    {
        if (services.Settings.FailedValidationPause > TimeSpan.Zero && exchange.Decision.Kind == DecisionKind.Validate)
        {
            Set(exchange.Key, new OriginPause(services.Clock.Moment, services.Settings.FailedValidationPause, CacheReason.ValidationPaused));
        }
    }

    /// <summary>The answer during a pause; null if the origin may be asked.</summary>
    public PausedAnswer? AnswerOf(Exchange exchange)
    {
        return exchange.Decision.Kind != DecisionKind.Bypass && _pauses.TryGet(exchange.Key, out var pause) ? AnswerDuring(pause, exchange) : null;
    }

    private PausedAnswer? AnswerDuring(OriginPause pause, Exchange exchange)
    {
        var now = services.Clock.Moment;
        var remaining = pause.RemainingAt(now);
        if (remaining <= TimeSpan.Zero)
        {
            _pauses.Remove(exchange.Key, standing => ReferenceEquals(standing, pause));
            return null;
        }

        var stale = ResponseRules.OnDisconnect(exchange.Facts, exchange.Decision, now.Wall);
        return stale is not null || pause.Reason == CacheReason.RetryAfter ? new PausedAnswer(pause, stale, remaining) : null;
    }

    private void Set(CacheKey key, OriginPause pause) => _pauses.Set(key, _ => pause);
}

/// <summary>That a resource is not asked for during a time.</summary>
internal sealed record OriginPause(Moment Start, TimeSpan Length, CacheReason Reason)
{
    /// <summary>How much of it is left; zero or less when it is over. A clock that steps back does not prolong it.</summary>
    public TimeSpan RemainingAt(Moment now) => Length - now.Since(Start);
}

/// <summary>The answer during a pause: the stale response, or, without one, a 503 with the rest of the pause.</summary>
internal sealed record PausedAnswer(OriginPause Pause, ResponseOutcome.ServeStale? Stale, TimeSpan Remaining);
