namespace HttpCaching.Sqlite.Engine;

/// <summary>The bodies that the readers of all processes may still read.</summary>
/// <param name="Oldest">All bodies that were doomed after this seq are claimed.</param>
/// <param name="Bodies">The numbers of other claimed bodies.</param>
internal readonly record struct ReaderClaims(long Oldest, HashSet<long> Bodies);
