namespace CacheControl.Control.Collapsing;

/// <summary>Where a shared body comes from, and what it is part of.</summary>
/// <param name="Flight">The flight that brought it.</param>
/// <param name="Upstream">The content from the network; disposed when the last reader has left.</param>
/// <param name="Recorder">What stores it, and may let others read what it has; null if it is not stored.</param>
/// <param name="Length">The length that the message has declared, or null.</param>
/// <param name="Spools">Where spools come from.</param>
internal readonly record struct SharedBodySource(Flight Flight, HttpContent Upstream, Recorder? Recorder, long? Length, SpoolFactory Spools);
