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
    private readonly CacheObservers? _observers = services.Observers;

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
        Tell(method, targetUri, new Answer(hit, hit.Status, StoredAnswer.BytesOf(hit)));
        return hit;
    }

    /// <summary>The same for a hit that is no message.</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="targetUri">Its target URI.</param>
    /// <param name="hit">The status.</param>
    /// <param name="bytes">The length of the stored body.</param>
    /// <returns>The value to add to Cache-Status; null for none.</returns>
    public string? Leave(string method, string targetUri, CacheStatus hit, long bytes)
    {
        services.Activities.Hit(hit);
        return Tell(method, targetUri, hit, bytes, others: 0);
    }

    /// <summary>The same for a validation without a caller. It is told and logged, and not counted: it is no request of a caller, and no caller gets its bytes.</summary>
    /// <param name="presented">The request that it answers.</param>
    /// <param name="answer">The response and its status.</param>
    /// <param name="span">The span of the validation.</param>
    public void LeaveAlone(RequestHead presented, in Answer answer, in CacheSpan span)
    {
        CacheActivities.Tell(span, answer.Status, (int)answer.Message.StatusCode);
        Write(presented.Method, presented.TargetUri, answer.Status);
    }

    private void Tell(string method, string targetUri, in Answer answer)
    {
        var (message, status, fromCache) = answer;
        var others = status.Hit || status.Generated || method == MethodRules.Head ? 0 : Math.Max(0, LengthOf(message) - fromCache);
        if (Tell(method, targetUri, status, fromCache, others) is { } value)
        {
            message.Headers.TryAddWithoutValidation(FieldNames.CacheStatus, value);
        }
    }

    /// <summary>Counts and logs an answer; returns its member of Cache-Status, or null for none.</summary>
    private string? Tell(string method, string targetUri, CacheStatus status, long fromCache, long others)
    {
        services.Metrics.Request(status);
        if (_observers is not null && status.Hit && _observers.Want(HttpCacheEventKinds.Hit))
        {
            _observers.Hit(method, targetUri, status);
        }

        Count(status, fromCache, others);
        Write(method, targetUri, status);

        // A response that the cache made because it had none to give has passed through no cache (RFC 9211 §2).
        return services.Settings.CacheStatusName is { } name && !status.Generated
            ? CacheStatusField.Format(name, status, services.Settings.CacheStatusIncludesKey ? status.Key : null)
            : null;
    }

    private void Write(string method, string targetUri, CacheStatus status)
    {
        if (services.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.Answered(services.Logger, method, Log.Loggable(targetUri), status);
        }
    }

    /// <summary>Counts the request, and the bytes that the message says its body has, by where they come from.</summary>
    private void Count(CacheStatus status, long fromCache, long others)
    {
        if (status.Hit)
        {
            services.Tally.Hit(fromCache);
        }
        else
        {
            services.Tally.Miss(status.Reason is CacheReason.Validated, fromCache, status.Collapsed is true ? 0 : others);
        }

        if (services.Metrics.CountsBytes)
        {
            services.Metrics.Bytes(fromCache, "cache");
            services.Metrics.Bytes(others, status.Collapsed is true ? "collapsed" : "origin");
        }
    }

    private static long LengthOf(HttpResponseMessage message)
    {
        var headers = message.Content.Headers;
        return headers.NonValidated.Contains(FieldNames.ContentLength) ? headers.ContentLength ?? 0 : 0;
    }
}
