namespace HttpCaching.Sqlite.Engine;

/// <summary>What the readers of all processes may still read.</summary>
/// <param name="Oldest">Bodies that were doomed after this seq are claimed, whichever they are.</param>
/// <param name="Bodies">The numbers of the bodies that are claimed besides.</param>
internal readonly record struct ReaderClaims(long Oldest, HashSet<long> Bodies);
