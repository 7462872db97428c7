namespace HttpCaching.Sqlite.Engine;

/// <summary>Says that a file that was open is damaged, so that it is set aside, and not one that has taken its place meanwhile.</summary>
/// <param name="Identity">Which file; null where that can't be told.</param>
internal readonly record struct FoundDamage(ulong? Identity);
