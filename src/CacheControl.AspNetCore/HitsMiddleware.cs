using Microsoft.AspNetCore.Http;

namespace HttpCaching;

/// <summary>Answers hits; the rest of the pipeline answers everything else.</summary>
/// <param name="next">The rest.</param>
/// <param name="front">The front of the cache.</param>
/// <param name="names">What the names of fields mean.</param>
internal sealed class HitsMiddleware(RequestDelegate next, HttpCacheFront front, FieldNameTable names)
{
    public Task InvokeAsync(HttpContext context) =>
        PlainHit.TargetOf(context) is { } target && front.TryAnswer(target, new RequestFields(context.Request.Headers, names), out var hit)
            ? PlainHit.SendAsync(context, hit, goesOverOthers: false)
            : next(context);
}
