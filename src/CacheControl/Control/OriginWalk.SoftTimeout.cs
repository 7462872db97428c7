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
        var lifetime = background.NewLifetime();
        var copy = RequestWriter.Clone(exchange.Request, HttpFields.Empty);

        // The caller may dispose its content while the copy is still being sent.
        copy.Content = QueryContent.Copy(exchange.Request);
        var fork = exchange.Fork(copy, lifetime.Token);
        var sending = services.Dispatch.Run(() => SendAsync(fork, conditions).AsTask());

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

        background.Adopt(FinishLateAsync(fork, conditions, sending, lifetime), exchange.Key, exchange.Decision.Stored!, lifetime);
        exchange.CancellationToken.ThrowIfCancellationRequested();
        return (null, true);
    }

    /// <summary>Stores what the origin answered after the caller had gone with the stale response.</summary>
    private async Task FinishLateAsync(Exchange fork, HttpFields conditions, Task<ReceivedResponse?> sending, WorkLifetime lifetime)
    {
        using (lifetime)
        {
            using var span = services.Activities.Background(fork.Span.Context, fork.Presented);
            fork.Span = span.Borrowed;
            if (await sending.ConfigureAwait(false) is { } received)
            {
                using var response = (await AnswerAsync(fork, conditions, received).ConfigureAwait(false)).Message;
                await response.Content.CopyToAsync(Stream.Null, fork.CancellationToken).ConfigureAwait(false);
            }

            GC.KeepAlive(fork.Transport);
        }
    }
}
