using System.Diagnostics;
using HttpCaching.Model;

namespace HttpCaching.Diagnostics;

/// <summary>
/// The spans of one cache. A request that is more than a hit in memory has a span, and its steps have spans below it. A hit in memory adds an event to the current span.
/// No tag holds a path, a query, a key, or the value of a field.
/// </summary>
/// <param name="faults">Where listeners that throw are noted.</param>
/// <param name="client">The name of the client; null for none.</param>
internal sealed class CacheActivities(UserRuleFaults faults, string? client)
{
    private static readonly ActivitySource Source = new(SpanNames.Source, typeof(CacheActivities).Assembly.GetName().Version?.ToString(3));

    // RFC 9110 §9, RFC 5789 and RFC 10008; other methods are not told (OpenTelemetry's conventions for HTTP).
    private static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

    /// <summary>Whether a tracer listens to the source.</summary>
    public static bool AreListened => Source.HasListeners();

    /// <summary>Adds the event of a hit to the current span, if a tracer listens to this source and records that span.</summary>
    public void Hit(CacheStatus status)
    {
        if (AreListened && Activity.Current is { IsAllDataRequested: true } current)
        {
            var tags = new ActivityTagsCollection { { SpanNames.Reason, CacheStatusNames.DetailOf(status.Reason) } };
            if (client is not null)
            {
                tags.Add(SpanNames.Client, client);
            }

            current.AddEvent(new ActivityEvent(SpanNames.Hit, tags: tags));
        }
    }

    /// <summary>Begins the span of a request, as a child of the current one.</summary>
    /// <param name="presented">The request.</param>
    public CacheSpan Request(RequestHead presented)
    {
        var span = Begin(SpanNames.Request, default, SpanKind.Nested);
        Describe(span, presented);
        return span;
    }

    /// <summary>Begins the span of a step.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="request">The span of the request. Without it there is none of the step.</param>
    /// <param name="kind">How it belongs to the flow.</param>
    public CacheSpan Step(string name, in CacheSpan request, SpanKind kind = SpanKind.Nested) =>
        request.IsStarted ? Begin(name, request.Context, kind) : default;

    /// <summary>Begins the span of work without a caller: a root, linked to the request that caused it.</summary>
    /// <param name="cause">The span of that request.</param>
    /// <param name="presented">The request.</param>
    public CacheSpan Background(ActivityContext cause, RequestHead? presented = null)
    {
        if (!AreListened)
        {
            return default;
        }

        Activity.Current = null;
        var span = Begin(SpanNames.Background, default, SpanKind.Nested);
        span.Link(cause);
        if (presented is not null)
        {
            Describe(span, presented);
        }

        return span;
    }

    /// <summary>Tells the outcome of a request.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="status">What the cache did.</param>
    /// <param name="statusCode">The status code of the response.</param>
    public static void Tell(in CacheSpan span, CacheStatus status, int statusCode)
    {
        if (!span.IsRecorded)
        {
            return;
        }

        span.Tag(SpanNames.Outcome, CacheStatusNames.OutcomeOf(status));
        span.Tag(SpanNames.Reason, CacheStatusNames.DetailOf(status.Reason));
        span.Tag(SpanNames.StatusCode, statusCode);
        if (status.Forward != ForwardReason.None)
        {
            span.Tag(SpanNames.Fwd, CacheStatusNames.Of(status.Forward));
            span.Tag(SpanNames.Stored, status.Stored || status.Storing);
        }

        span.Tag(SpanNames.FwdStatus, status.ForwardStatus);
        span.Tag(SpanNames.NotStored, status.NotStored is { } reason ? CacheStatusNames.DetailOf(reason) : null);
        span.Tag(SpanNames.Collapsed, status.Collapsed);
    }

    /// <summary>Ends a span. A detached one ends in any flow, and leaves the current span there as it is.</summary>
    public void End(Activity activity, SpanKind kind)
    {
        var current = Activity.Current;
        try
        {
            activity.Stop();
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.ActivityListener, exception);
        }

        if (kind == SpanKind.Detached && Activity.Current != current)
        {
            Activity.Current = current;
        }
    }

    /// <summary>Tells what a request asks for.</summary>
    /// <param name="span">Its span.</param>
    /// <param name="presented">The request.</param>
    public void Describe(in CacheSpan span, RequestHead presented)
    {
        if (!span.IsRecorded)
        {
            return;
        }

        span.Tag(SpanNames.Client, client);
        span.Tag(SpanNames.Method, KnownMethods.Contains(presented.Method) ? presented.Method : "_OTHER");
        if (Uri.TryCreate(presented.TargetUri, UriKind.Absolute, out var uri))
        {
            span.Tag(SpanNames.Scheme, uri.Scheme);
            span.Tag(SpanNames.Host, uri.IdnHost);
            span.Tag(SpanNames.Port, uri.Port);
        }
    }

    private CacheSpan Begin(string name, ActivityContext parent, SpanKind kind)
    {
        var current = kind == SpanKind.Detached ? Activity.Current : null;
        try
        {
            if (kind == SpanKind.Detached)
            {
                // What is current now would be made current again where the span ends.
                Activity.Current = null;
            }

            // Only an activity as the parent hands its baggage on.
            return new CacheSpan(Source.StartActivity(name, ActivityKind.Internal, parent == Activity.Current?.Context ? default : parent), this, kind);
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.ActivityListener, exception);
            return new CacheSpan(null, this, kind);
        }
        finally
        {
            if (kind == SpanKind.Detached)
            {
                Activity.Current = current;
            }
        }
    }
}
