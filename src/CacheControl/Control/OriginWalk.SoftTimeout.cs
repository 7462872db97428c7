using HttpCaching.Control.Keys;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <content>Sends a validation that outlives the patience of its caller, who gets the stale response.</content>
internal sealed partial class OriginWalk
{
    /// <summary>Whether the caller need not wait at all: a validation is running already that has taken longer than it would.</summary>
    public bool IsLate(Exchange exchange) => SoftTimeoutOf(exchange) is { } limit && background.IsLate(exchange, limit);

    /// <summary>How long the caller waits before it gets the stored response; null for no limit, or if the stored response must not be served stale.</summary>
    private TimeSpan? SoftTimeoutOf(Exchange exchange) =>
        services.Settings.SoftTimeout is { } limit
        && exchange.IsAsync
        && !exchange.Transport.BelongsToCaller
        && !background.HasEnded
        && exchange.Decision is { Kind: DecisionKind.Validate, Reason: CacheReason.Expired or CacheReason.NoLifetime, Stored: { IsComplete: true } stored }
        && exchange.Facts.Directives.MaxAge is null
        && !ResponseConclusions.Of(stored, exchange.Policy).ForbidsStale
            ? limit
            : null;

    /// <summary>
    /// Sends the request so that it outlives the caller's patience: a response that comes after the limit is stored in the background.
    /// </summary>
    private async ValueTask<(ReceivedResponse? Received, bool IsLate)> SendSoftlyAsync(Exchange exchange, HttpFields conditions, TimeSpan limit)
    {
        var lifetime = new WorkLifetime(services.Clock);
        var copy = RequestWriter.Clone(exchange.Request, HttpFields.Empty);

        // The caller may dispose its content while the copy is still being sent.
        copy.Content = QueryContent.Copy(exchange.Request);
        var fork = exchange.Fork(new Call(copy, exchange.Own, exchange.Transport, IsAsync: true, lifetime.Token), exchange.Facts.OfCopy(copy.Options));
        var sending = services.Dispatch.Run(() => SendAsync(fork.OnLastingPipeline(), conditions).AsTask());

        await ((Task)sending).WaitAsync(limit, services.Clock.Provider, exchange.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Whether it has come is asked of the sending itself: it may have ended in the very moment in which patience did.
        if (sending.IsCompleted && !exchange.CancellationToken.IsCancellationRequested)
        {
            using (lifetime)
            {
                var received = await sending.ConfigureAwait(false);
                if (received is { } response && ReferenceEquals(response.Response.RequestMessage, fork.Request))
                {
                    // Redirected below, the copy says where it was answered.
                    response.Response.RequestMessage = exchange.Request;
                    (exchange.Request.RequestUri, exchange.Request.Method) = (fork.Request.RequestUri, fork.Request.Method);
                }

                return (received, false);
            }
        }

        background.GoOn(fork, lifetime, async late => await AnswerAsync(late, conditions, await sending.ConfigureAwait(false)).ConfigureAwait(false));
        exchange.CancellationToken.ThrowIfCancellationRequested();
        return (null, true);
    }
}
