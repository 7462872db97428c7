namespace HttpCaching.Storage.Files;

/// <summary>
/// When a record was last used, and how often, kept in its file's time of last change: the instant in milliseconds, and in the digits below,
/// which no clock needs, the number of uses. On file systems with coarser times the number is lost, and eviction goes by time alone.
/// </summary>
/// <param name="LastUse">The instant in UTC, in whole milliseconds.</param>
/// <param name="Uses">How often it was read since it was stored; at most <see cref="MostUses"/>.</param>
internal readonly record struct UseStamp(DateTime LastUse, int Uses)
{
    public const int MostUses = 15;

    public static UseStamp Of(DateTime fileTime)
    {
        var uses = fileTime.Ticks % TimeSpan.TicksPerMillisecond;
        return new UseStamp(fileTime.AddTicks(-uses), (int)Math.Min(uses, MostUses));
    }

    public DateTime ToFileTime() =>
        LastUse.AddTicks(Math.Min(Uses, MostUses) - (LastUse.Ticks % TimeSpan.TicksPerMillisecond));

    /// <summary>
    /// How dispensable the record is: its idle time, divided by the uses it has had. What a scan reads once goes before what is read again
    /// and again, which in its turn goes when nobody has asked for it for long. A time in the future counts as now.
    /// </summary>
    public double Dispensability(DateTime now) => Math.Max(0, (now - LastUse).TotalMilliseconds) / (1 + Uses);
}
