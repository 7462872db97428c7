namespace CacheControl.Storage.Engine;

/// <summary>Keeps what stood in the database at one moment readable: its bodies, and the connections to read them with.</summary>
internal sealed class Pin : IDisposable
{
    private readonly long _seq;
    private int _isDisposed;

    /// <summary>Pins; a reader must have entered the table with the same or a lower seq, or the database must be known to hold them.</summary>
    public Pin(Database database, long seq)
    {
        database.AddUse();
        Database = database;
        _seq = seq;
        database.Table.Hold(seq);
    }

    // For callers who forget a snapshot: without it, nothing that they saw would ever be deleted.
    ~Pin() => Release();

    public Database Database { get; }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Database is not null && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Database.Table.Release(_seq);
            Database.RemoveUse();
        }
    }
}
