namespace HttpCaching.Storage.Files;

/// <summary>The kinds of removals. The state file holds the numbers; zero is a place that was never written.</summary>
internal enum RemovalKind
{
    Uri = 1,
    Tag = 2,
    Prefix = 3,
    All = 4,
}
