namespace HttpCaching.Control.Guard;

/// <summary>How long a store is waited for.</summary>
/// <param name="Call">How long one call may take.</param>
/// <param name="BodyRead">How long one read of a body may take whose head has been given.</param>
/// <param name="Pause">How long the store is left alone once it has failed.</param>
internal sealed record StoreLimits(TimeSpan Call, TimeSpan BodyRead, TimeSpan Pause);
