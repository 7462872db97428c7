namespace HttpCaching.Control.Guard;

/// <summary>How long a store is waited for.</summary>
/// <param name="Timeout">How long one call may take.</param>
/// <param name="BodyTimeout">How long one read of a body may take whose head has been given.</param>
/// <param name="Pause">How long the store is left alone once it has failed.</param>
internal sealed record StoreLimits(TimeSpan Timeout, TimeSpan BodyTimeout, TimeSpan Pause);
