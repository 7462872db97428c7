using System.Diagnostics;

namespace HttpCaching.Diagnostics;

/// <summary>One step of a request as tracers see it; the default value if no tracer listens. A listener that throws harms no request.</summary>
internal readonly struct CacheSpan : IDisposable
{
    private readonly Activity? _activity;
    private readonly CacheActivities? _owner;
    private readonly SpanKind _kind;

    /// <summary>Wraps an activity that has begun.</summary>
    /// <param name="activity">The activity; null if it is not sampled.</param>
    /// <param name="owner">Notes listeners that throw.</param>
    /// <param name="kind">How it ends.</param>
    public CacheSpan(Activity? activity, CacheActivities owner, SpanKind kind) => (_activity, _owner, _kind) = (activity, owner, kind);

    /// <summary>Whether a tracer was asked, whatever it said: it is asked once.</summary>
    public bool WasBegun => _owner is not null;

    /// <summary>The activity; null if there is none.</summary>
    public Activity? Activity => _activity;

    /// <summary>Whether there is an activity.</summary>
    public bool IsStarted => _activity is not null;

    /// <summary>Whether a tracer wants tags.</summary>
    public bool IsRecorded => _activity is { IsAllDataRequested: true };

    /// <summary>The identity, for children and links; the default value if there is none.</summary>
    public ActivityContext Context => _activity?.Context ?? default;

    /// <summary>The same span, for a user that does not end it.</summary>
    public CacheSpan Borrowed => _owner is null ? this : new CacheSpan(_activity, _owner, SpanKind.Borrowed);

    /// <summary>Sets a tag.</summary>
    public void Tag(string name, object? value)
    {
        if (IsRecorded)
        {
            _activity!.SetTag(name, value);
        }
    }

    /// <summary>Links the span to another one that it depends on.</summary>
    public void Link(ActivityContext other)
    {
        if (IsRecorded && other != default)
        {
            _activity!.AddLink(new ActivityLink(other));
        }
    }

    /// <summary>Notes that the step ended with an exception. Its message may hold a URI, so only its type is told.</summary>
    public void Fail(Exception exception)
    {
        if (IsRecorded)
        {
            _activity!.SetTag(SpanNames.ErrorType, exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Ends the span.</summary>
    public void Dispose()
    {
        if (_activity is not null && _kind != SpanKind.Borrowed)
        {
            _owner!.End(_activity, _kind);
        }
    }
}
