namespace HttpCaching.Storage.Files;

/// <summary>By what a removal chooses. The numbers stand in the state file; zero is a place that was never written.</summary>
internal enum RemovalKind
{
    Uri = 1,
    Tag = 2,
    Prefix = 3,
    All = 4,
}
