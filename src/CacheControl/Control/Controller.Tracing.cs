using HttpCaching.Diagnostics;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <content>The spans of lookups. A request without a span goes none of these ways.</content>
internal sealed partial class Controller
{
    /// <summary>The walk of a request whose lookup is a step of its own.</summary>
    private async ValueTask<HttpResponseMessage> WalkTracedAsync(Exchange exchange, Admission? admission)
    {
        exchange.Span = BeginSpan(exchange);
        var snapshot = await LookUpAsync(exchange, null).ConfigureAwait(false);
        return await WalkAsync(exchange, admission, new ValueTask<HttpCacheSnapshot?>(snapshot)).ConfigureAwait(false);
    }

    /// <summary>Reads the store, or waits for a read that has begun.</summary>
    private async ValueTask<HttpCacheSnapshot?> LookUpAsync(Exchange exchange, ValueTask<HttpCacheSnapshot?>? read)
    {
        using var step = _services.Activities.Step(SpanNames.Lookup, exchange.Span);
        try
        {
            return await (read ?? _services.Store.ReadAsync(exchange.Key, exchange.CancellationToken)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            step.Fail(exception);
            exchange.Span.Fail(exception);
            exchange.Release();
            throw;
        }
    }

    private CacheSpan BeginSpan(Exchange exchange) =>
        exchange.Span.WasBegun || !CacheActivities.AreListened ? exchange.Span : _services.Activities.Request(exchange.Presented);
}
