namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The connection for writing: transactions, and the common parts of all changes. Only the write queue's thread uses it. The parts of this class are
/// kinds of changes; each is called within a transaction.
/// </summary>
internal sealed partial class WriteConnection : IDisposable
{
    private readonly Connection _connection;
    private readonly SqliteStoreSettings _settings;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _readState;
    private readonly Statement _writeState;
    private State _state;
    private State _committed;

    public WriteConnection(Connection connection, SqliteStoreSettings settings)
    {
        _connection = connection;
        _settings = settings;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _readState = Prepare("SELECT stamp, floor, cleared, seq, bytes, responses FROM state WHERE id = 1");
        _writeState = Prepare("UPDATE state SET stamp = ?1, floor = ?2, cleared = ?3, seq = ?4, bytes = ?5, responses = ?6 WHERE id = 1");
        Hash = new UriHash(connection.Execute("SELECT seed FROM state WHERE id = 1"), settings.HashMask);
        PrepareEntries();
        PrepareBodies();
        PrepareMaintenance();
    }

    /// <summary>The hash of URIs in this file.</summary>
    public UriHash Hash { get; }

    /// <summary>The bytes and the number of the stored responses, as of the transaction.</summary>
    public (long Bytes, long Responses) Usage => (_state.Bytes, _state.Responses);

    /// <summary>Whether the transaction has doomed a body.</summary>
    public bool HasDoomed => _state.Seq != _committed.Seq;

    /// <summary>Begins a transaction. Waits for other processes' transactions.</summary>
    public void Begin()
    {
        _begin.Run();
        try
        {
            if (!_readState.Step())
            {
                throw new DamagedFileException("The cache file has no state.");
            }

            _state = new State(
                _readState.Number(0), _readState.Number(1), _readState.Number(2), _readState.Number(3), _readState.Number(4), _readState.Number(5));
            _committed = _state;
        }
        catch
        {
            Rollback();
            throw;
        }
        finally
        {
            _readState.Reset();
        }
    }

    /// <summary>Ends the transaction: all of it is stored.</summary>
    public void Commit()
    {
        if (_state != _committed)
        {
            _writeState.Bind(1, _state.Stamp).Bind(2, _state.Floor).Bind(3, _state.Cleared)
                .Bind(4, _state.Seq).Bind(5, Math.Max(0, _state.Bytes)).Bind(6, Math.Max(0, _state.Responses)).Run();
        }

        _commit.Run();
    }

    /// <summary>Ends the transaction: nothing of it is stored.</summary>
    public void Rollback()
    {
        try
        {
            _rollback.Run();
        }
        catch (IOException)
        {
            // SQLite has already rolled back, as it does when the disk is full.
        }
    }

    public void Dispose()
    {
        _statements.ForEach(s => s.Dispose());
        _connection.Dispose();
    }

    private Statement Prepare(string sql)
    {
        var statement = _connection.Prepare(sql);
        _statements.Add(statement);
        return statement;
    }

    private readonly record struct State(long Stamp, long Floor, long Cleared, long Seq, long Bytes, long Responses);
}
