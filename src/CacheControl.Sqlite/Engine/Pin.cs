namespace HttpCaching.Sqlite.Engine;

/// <summary>Keeps bodies of the database readable, and the connections for reading them.</summary>
internal sealed class Pin : IDisposable
{
    private readonly long[] _bodies;
    private readonly long _seq;
    private readonly bool _isHeldByNumbers;
    private int _isDisposed;

    /// <summary>Pins bodies. A reader must have entered the table with the same or a lower seq, or the bodies must be known to exist.</summary>
    /// <param name="database">The database.</param>
    /// <param name="seq">A seq at which the bodies existed. Held if the table has no room for the bodies' numbers: then all bodies doomed since are kept.</param>
    /// <param name="bodies">The numbers of the bodies.</param>
    public Pin(Database database, long seq, long[] bodies)
    {
        database.AddUse();
        Database = database;
        _seq = seq;
        _bodies = bodies;
        _isHeldByNumbers = database.Table.TryHold(bodies);
        if (!_isHeldByNumbers)
        {
            database.Table.Hold(seq);
        }
    }

    // For callers that lose a snapshot: without the finalizer, its bodies would never be deleted.
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
            if (_isHeldByNumbers)
            {
                Database.Table.Release(_bodies);
            }
            else
            {
                Database.Table.Release(_seq);
            }

            Database.RemoveUse();
        }
    }
}
