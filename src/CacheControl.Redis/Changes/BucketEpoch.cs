namespace HttpCaching.Redis.Changes;

/// <summary>What is current in a bucket.</summary>
/// <param name="Epoch">A random number; never zero.</param>
/// <param name="Number">The number of the last removal by tag or of an origin: grows with each of them, and is one of milliseconds since 1970 where there is none to go on from.</param>
internal sealed record BucketEpoch(ulong Epoch, long Number);
