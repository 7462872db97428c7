namespace HttpCaching.Redis.Changes;

/// <summary>The current epoch and number of a bucket.</summary>
/// <param name="Epoch">A random number; never zero.</param>
/// <param name="Number">The number of the last removal by tag or of an origin. It grows with each of them. Without an earlier number it starts with the milliseconds since 1970.</param>
internal sealed record BucketEpoch(ulong Epoch, long Number);
