namespace HttpCaching.Storage.Files;

/// <summary>
/// The time of a record's last use, and its number of uses, kept in its file's time of last change. The time is in milliseconds; the digits below,
/// which no clock needs, hold the number of uses. On file systems with coarser times the number is lost, and eviction uses only the time. Digits above the most uses are those
/// of the system's clock, on a new record: they stand for none.
/// </summary>
/// <param name="LastUse">The instant in UTC, in whole milliseconds.</param>
/// <param name="Uses">The number of reads since it was stored; at most <see cref="MostUses"/>.</param>
internal readonly record struct UseStamp(DateTime LastUse, int Uses)
{
    public const int MostUses = 15;

    public static UseStamp Of(DateTime fileTime)
    {
        var uses = fileTime.Ticks % TimeSpan.TicksPerMillisecond;
        return new UseStamp(fileTime.AddTicks(-uses), uses > MostUses ? 0 : (int)uses);
    }

    public DateTime ToFileTime() =>
        LastUse.AddTicks(Math.Min(Uses, MostUses) - (LastUse.Ticks % TimeSpan.TicksPerMillisecond));

    /// <summary>Whether it is of a later use. One from the future counts for nothing.</summary>
    public bool IsLaterThan(DateTime use, DateTime now) => LastUse > use && LastUse <= now;

    /// <summary>
    /// How dispensable the record is: its idle time, divided by its uses. A record that a scan reads once goes before one that is read often.
    /// The latter goes when it has not been read for long. A time in the future counts as now.
    /// </summary>
    public double Dispensability(DateTime now) => Math.Max(0, (now - LastUse).TotalMilliseconds) / (1 + Uses);
}
