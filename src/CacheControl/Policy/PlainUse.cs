namespace HttpCaching.Policy;

/// <summary>
/// The time in which a stored response may answer every GET that selects it and that has no field, mode or rule of its own to steer the cache: <see cref="ReuseRules.Decide"/>
/// comes to a fresh hit then. Worked out once, so that such a hit costs a comparison.
/// </summary>
/// <param name="From">The first tick, in UTC.</param>
/// <param name="Until">The tick after the last, in UTC; not above <paramref name="From"/> if there is no such time.</param>
internal readonly record struct PlainUse(long From, long Until)
{
    /// <summary>Whether there is such a time.</summary>
    public bool IsEver => Until > From;

    /// <summary>Whether the response may be used now.</summary>
    public bool Covers(DateTimeOffset now) => now.UtcTicks >= From && now.UtcTicks < Until;
}
