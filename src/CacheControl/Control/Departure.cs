using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control;

/// <summary>
/// The one door out: whatever way a response has come, here its status is attached to it, counted, logged and written into Cache-Status, once.
/// </summary>
internal sealed class Departure(CacheServices services)
{
    // Null if no observer wants to be told of hits.
    private readonly CacheObservers? _hits = services.Observers is { } all && all.Want(HttpCacheEventKinds.Hit) ? all : null;

    /// <summary>Lets a response leave.</summary>
    /// <param name="presented">The request that it answers.</param>
    /// <param name="answer">The response and its status.</param>
    /// <param name="span">The span of the request.</param>
    /// <returns>The response as the caller gets it.</returns>
    public HttpResponseMessage Leave(RequestHead presented, in Answer answer, in CacheSpan span)
    {
        var (message, status) = (answer.Message, answer.Status);
        if (!status.Generated && status.Received is null && message.Headers.NonValidated.TryGetValues(FieldNames.CacheStatus, out var received))
        {
            status.Received = UpstreamCaches.Of(received);
        }

        if (message is CachedResponseMessage made)
        {
            made.Status = status;
        }
        else
        {
            message.RequestMessage?.Options.Set(RequestSettings.StatusKey, status);
        }

        if (span.IsStarted)
        {
            CacheActivities.Tell(span, status, (int)message.StatusCode);
        }
        else if (status.Hit)
        {
            services.Activities.Hit(status);
        }

        Tell(presented.Method, presented.TargetUri, answer);
        return message;
    }

    /// <summary>The same for a hit, which most responses are: its status is attached already.</summary>
    public CachedResponseMessage Leave(string method, string targetUri, CachedResponseMessage hit)
    {
        services.Activities.Hit(hit.Status);
        Tell(method, targetUri, new Answer(hit, hit.Status, services.Metrics.CountsBytes ? StoredAnswer.BytesOf(hit) : 0));
        return hit;
    }

    private void Tell(string method, string targetUri, in Answer answer)
    {
        var status = answer.Status;
        services.Metrics.Request(status);
        if (_hits is not null && status.Hit)
        {
            _hits.Hit(method, targetUri, status);
        }

        if (services.Metrics.CountsBytes)
        {
            Count(method, answer);
        }

        if (services.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.Answered(services.Logger, method, Log.Loggable(targetUri), status);
        }

        // A response that the cache made because it had none to give has passed through no cache (RFC 9211 §2).
        if (services.Settings.CacheStatusName is { } name && !status.Generated)
        {
            var value = CacheStatusField.Format(name, status, services.Settings.CacheStatusIncludesKey ? status.Key : null);
            answer.Message.Headers.TryAddWithoutValidation(FieldNames.CacheStatus, value);
        }
    }

    /// <summary>Counts the bytes that the message says its body has, by where they come from.</summary>
    private void Count(string method, in Answer answer)
    {
        services.Metrics.Bytes(answer.BytesFromCache, "cache");
        if (answer.Status.Hit || answer.Status.Generated || method == MethodRules.Head)
        {
            return;
        }

        var headers = answer.Message.Content.Headers;
        var total = headers.NonValidated.Contains(FieldNames.ContentLength) ? headers.ContentLength ?? 0 : 0;
        services.Metrics.Bytes(total - answer.BytesFromCache, answer.Status.Collapsed is true ? "collapsed" : "origin");
    }
}
