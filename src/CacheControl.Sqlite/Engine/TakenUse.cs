namespace HttpCaching.Sqlite.Engine;

/// <summary>Uses of an entry on their way to the file.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Use">The object that counts its uses.</param>
/// <param name="Uses">Their number.</param>
/// <param name="Last">The time of the last one.</param>
internal sealed record TakenUse(long Id, RecentUse Use, int Uses, DateTimeOffset Last);
