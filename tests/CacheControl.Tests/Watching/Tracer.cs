using System.Collections.Concurrent;
using System.Diagnostics;

namespace HttpCaching.Tests.Watching;

/// <summary>Listens to the cache's spans that belong to this test: below a span of its own, or linked to one.</summary>
internal sealed class Tracer : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _traces = new();

    public Tracer()
    {
        Caller = new Activity("caller").Start();
        _traces[Caller.TraceId] = true;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CacheControl",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => Sample(options.Parent.TraceId, options.TraceId),
            ActivityStopped = activity => Ended.Enqueue(activity),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span that is current in the test.</summary>
    public Activity Caller { get; }

    /// <summary>Whether spans without a parent are this test's as well. Work in the background has none.</summary>
    public bool TakesRoots { get; set; }

    public ConcurrentQueue<Activity> Ended { get; } = new();

    public Activity One(string name) => Ended.Single(activity => activity.OperationName == name);

    /// <summary>The names of the ended spans with their tags, in the order of their names.</summary>
    public string[] Names => [.. Ended.Select(activity => activity.OperationName).Order()];

    public static string Tags(Activity activity) => string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"));

    public void Dispose()
    {
        _listener.Dispose();
        Caller.Dispose();
    }

    private ActivitySamplingResult Sample(ActivityTraceId parent, ActivityTraceId own)
    {
        if (parent == default && TakesRoots)
        {
            _traces[own] = true;
            return ActivitySamplingResult.AllDataAndRecorded;
        }

        return _traces.ContainsKey(parent) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
    }
}
