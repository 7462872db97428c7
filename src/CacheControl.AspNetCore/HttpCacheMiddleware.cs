using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HttpCaching;

/// <summary>Puts a shared cache before the rest of the pipeline, whose responses it stores.</summary>
/// <param name="next">The rest.</param>
/// <param name="cache">The cache.</param>
/// <param name="logger">Is told of failures that a stored response has covered.</param>
internal sealed class HttpCacheMiddleware(RequestDelegate next, HttpCache cache, ILogger logger)
{
    private readonly FrontTable _fronts = new(cache);
    private readonly FieldNameTable _names = new(isRemoved: null);

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsAnswerable(context))
        {
            return next(context);
        }

        if (!RequestMessages.IsKnownUser(context)
            && PlainHit.TargetOf(context) is { } target
            && _fronts.For(context.Request) is { } front
            && front.TryAnswer(target, new RequestFields(context.Request.Headers, _names), out var hit))
        {
            return PlainHit.SendAsync(context, hit, goesOverOthers: true);
        }

        return IsOneResponse(context) && !CacheInCharge.Is(cache, context.Features) && RequestMessages.Of(context) is { } request
            ? RunAsync(context, request)
            : next(context);
    }

    private async Task RunAsync(HttpContext context, HttpRequestMessage request)
    {
        var outer = CacheInCharge.Enter(cache, context.Features);
        try
        {
            await new EndpointExchange(context, next, cache, logger).RunAsync(request).ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set(outer);
        }
    }

    /// <summary>
    /// Whether the response is still to be made. One with a status is that of another request, as an error page is for which middleware before runs the pipeline again: neither is it the response of
    /// its own path, nor is a stored one the right response to the error.
    /// </summary>
    private static bool IsAnswerable(HttpContext context) => context.Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK };

    /// <summary>Whether the exchange is one of messages: not a tunnel, and not about to become another protocol. An unsafe method that offers one invalidates all the same.</summary>
    private static bool IsOneResponse(HttpContext context) =>
        !HttpMethods.IsConnect(context.Request.Method)
        && (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } || !HttpMethods.IsGet(context.Request.Method))
        && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true };
}
