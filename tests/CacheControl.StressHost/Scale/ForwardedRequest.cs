namespace HttpCaching.StressHost.Scale;

/// <summary>A request that went to the origin.</summary>
/// <param name="Resource">What it asked for.</param>
/// <param name="Reason">The rule that decided.</param>
/// <param name="Process">Which process sent it.</param>
public sealed record ForwardedRequest(int Resource, string Reason, int Process);
