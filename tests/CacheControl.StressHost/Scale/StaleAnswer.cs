namespace HttpCaching.StressHost.Scale;

/// <summary>An answer of an older version than one whose change had been acknowledged before it was asked for. Times are timestamps of the monotonic clock.</summary>
/// <param name="Resource">What was asked for.</param>
/// <param name="Version">What came.</param>
/// <param name="Acknowledged">When the first newer version was acknowledged.</param>
/// <param name="Asked">When it was asked for.</param>
/// <param name="Reason">The rule that decided.</param>
/// <param name="Process">Which process asked.</param>
public sealed record StaleAnswer(int Resource, int Version, long Acknowledged, long Asked, string Reason, int Process);
