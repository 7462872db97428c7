namespace HttpCaching.Control.Time;

/// <summary>A moment by both clocks.</summary>
/// <param name="Wall">The time that the cache works with.</param>
/// <param name="Steady">What has passed since the process began.</param>
internal readonly record struct Moment(DateTimeOffset Wall, TimeSpan Steady)
{
    /// <summary>What has passed since an earlier moment, by the clock that says more: a pause ends although the wall was set back, or the steady clock stood still.</summary>
    public TimeSpan Since(Moment earlier)
    {
        var (wall, steady) = (Wall - earlier.Wall, Steady - earlier.Steady);
        return wall > steady ? wall : steady;
    }
}
