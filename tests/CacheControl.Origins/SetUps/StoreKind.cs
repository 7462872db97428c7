namespace HttpCaching.Origins.SetUps;

internal enum StoreKind
{
    Memory,
    File,
    Sqlite,
}
