using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
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
        var isKnownUser = IsKnownUser(context);
        if (!isKnownUser
            && PlainHit.TargetOf(context) is { } target
            && _fronts.For(context.Request) is { } front
            && front.TryAnswer(target, new RequestFields(context.Request.Headers, _names), out var hit))
        {
            return PlainHit.SendAsync(context, hit, goesOverOthers: true);
        }

        return IsOneResponse(context) && RequestMessages.Of(context, isKnownUser) is { } request
            ? new EndpointExchange(context, next, cache, logger).RunAsync(request)
            : next(context);
    }

    /// <summary>Whether middleware before this one has found out who asks, by a cookie or a certificate: then the request counts as one with Authorization.</summary>
    private static bool IsKnownUser(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity is { IsAuthenticated: true };

    /// <summary>Whether the exchange is one of messages: not a tunnel, and not about to become another protocol. An unsafe method that offers one invalidates all the same.</summary>
    private static bool IsOneResponse(HttpContext context) =>
        !HttpMethods.IsConnect(context.Request.Method)
        && (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } || !HttpMethods.IsGet(context.Request.Method))
        && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }
        && !context.Response.HasStarted;
}
