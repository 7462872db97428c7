namespace CacheControl.Origins.SetUps;

internal enum StoreKind
{
    Memory,
    File,
    Sqlite,
}
