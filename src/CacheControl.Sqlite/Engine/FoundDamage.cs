namespace HttpCaching.Sqlite.Engine;

/// <summary>Tells that an open file is damaged, so that this file is set aside, and not one that has replaced it in the meantime.</summary>
/// <param name="Identity">The identity of the file; null if the system can't tell.</param>
internal readonly record struct FoundDamage(ulong? Identity);
