namespace HttpCaching.Control.Time;

/// <summary>A moment by both clocks.</summary>
/// <param name="Wall">The time of the cache.</param>
/// <param name="Steady">The time since the process began.</param>
internal readonly record struct Moment(DateTimeOffset Wall, TimeSpan Steady)
{
    /// <summary>The time since an earlier moment, by the clock that gives more: a pause ends even if the wall clock was set back, or the steady clock stood still.</summary>
    public TimeSpan Since(Moment earlier)
    {
        var (wall, steady) = (Wall - earlier.Wall, Steady - earlier.Steady);
        return wall > steady ? wall : steady;
    }
}
