using System.Buffers.Binary;

namespace HttpCaching.Sqlite.Engine;

/// <content>Bodies in pieces.</content>
internal sealed partial class WriteConnection
{
    private readonly byte[] _chunk = new byte[BodySeal.Bytes + SqliteStoreSettings.ChunkBytes];
    private Statement _insertBody = null!;
    private Statement _insertChunk = null!;
    private Statement _isOwned = null!;
    private Statement _own = null!;
    private Statement _changes = null!;
    private Statement _doom = null!;
    private Statement _abandon = null!;
    private Statement _doomed = null!;
    private Statement _deleteBody = null!;
    private Statement _deleteChunks = null!;
    private Statement _firstKept = null!;
    private Statement _owners = null!;
    private Statement _doomOwned = null!;
    private Statement _head = null!;

    /// <summary>Begins a body. Until it is committed it belongs to the store with this number. When that store is gone, it is swept.</summary>
    public long BeginBody(long owner) => _insertBody.Bind(1, owner).Run();

    /// <summary>Checks that a begun body may be continued: pieces of a body that is no longer in this file would never be deleted.</summary>
    /// <exception cref="BodyGoneException">The body was swept, or the file was set aside in the meantime.</exception>
    public void ContinueBody(long body, long owner)
    {
        if (_isOwned.Bind(1, body).Bind(2, owner).Run() == 0)
        {
            throw new BodyGoneException("The body was swept, or its file was set aside, during the write.");
        }
    }

    /// <summary>Adds a piece.</summary>
    public void AddChunk(long body, long index, long salt, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_chunk, BodySeal.Of(salt, index, bytes));
        bytes.CopyTo(_chunk.AsSpan(BodySeal.Bytes));
        _insertChunk.Bind(1, Schema.ChunkId(body, index)).Bind(2, _chunk.AsSpan(0, BodySeal.Bytes + bytes.Length)).Run();
    }

    /// <summary>Abandons a body that was not committed.</summary>
    public void Abandon(long body, long owner) => _abandon.Bind(1, body).Bind(2, NextSeq()).Bind(3, owner).Run();

    /// <summary>Dooms the unfinished bodies of dead processes.</summary>
    public void DoomOrphans(Predicate<long> isAlive)
    {
        List<long> owners = [];
        try
        {
            while (_owners.Step())
            {
                owners.Add(_owners.Number(0));
            }
        }
        finally
        {
            _owners.Reset();
        }

        foreach (var owner in owners)
        {
            if (!isAlive(owner))
            {
                _doomOwned.Bind(1, owner).Bind(2, NextSeq()).Run();
            }
        }
    }

    /// <summary>Deletes pieces of bodies that no reader claims, up to the limit of one transaction.</summary>
    /// <returns>Whether there are more of them.</returns>
    public bool DeleteDoomed(long seq, ReaderClaims claims)
    {
        const int MostChunks = 64;
        var left = MostChunks;
        foreach (var body in DoomedUpTo(Math.Min(seq, claims.Oldest), claims.Bodies, MostChunks))
        {
            var first = Schema.ChunkId(body, 0);
            var next = Schema.ChunkId(body + 1, 0);
            var kept = _firstKept.Bind(1, first).Bind(2, next).Bind(3, left).Run();
            _deleteChunks.Bind(1, first).Bind(2, kept == 0 ? next : kept).Run();
            if (kept != 0)
            {
                return true;
            }

            left -= 1 + (int)_changes.Run();
            _deleteBody.Bind(1, body).Run();
            if (left <= 0)
            {
                return true;
            }
        }

        return false;
    }

    private void PrepareBodies()
    {
        _insertBody = Prepare("INSERT INTO body(owner, doomed) VALUES(?1, 0) RETURNING id");
        _insertChunk = Prepare("INSERT INTO chunk(id, data) VALUES(?1, ?2)");
        _isOwned = Prepare("SELECT count(*) FROM body WHERE id = ?1 AND owner = ?2 AND doomed = 0");
        _own = Prepare("UPDATE body SET owner = 0 WHERE id = ?1 AND owner = ?2 AND doomed = 0");
        _changes = Prepare("SELECT changes()");
        _doom = Prepare("UPDATE body SET doomed = ?2, owner = 0 WHERE id = ?1");
        _abandon = Prepare("UPDATE body SET doomed = ?2, owner = 0 WHERE id = ?1 AND owner = ?3");
        _doomed = Prepare("SELECT id FROM body WHERE doomed > 0 AND doomed <= ?1");
        _deleteBody = Prepare("DELETE FROM body WHERE id = ?1");
        _deleteChunks = Prepare("DELETE FROM chunk WHERE id >= ?1 AND id < ?2");

        // The id of the first piece for the next transaction, if there are too many for this one.
        _firstKept = Prepare("SELECT id FROM chunk WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1 OFFSET ?3");
        _owners = Prepare("SELECT DISTINCT owner FROM body WHERE owner > 0");
        _doomOwned = Prepare("UPDATE body SET doomed = ?2, owner = 0 WHERE owner = ?1");
        _head = Prepare("SELECT head FROM content WHERE id = ?1");
    }

    /// <summary>Some of the bodies doomed at or before <paramref name="seq"/>, without those that are claimed by their numbers.</summary>
    private List<long> DoomedUpTo(long seq, HashSet<long> held, int most)
    {
        List<long> bodies = [];
        _doomed.Bind(1, seq);
        try
        {
            while (bodies.Count < most && _doomed.Step())
            {
                if (_doomed.Number(0) is var body && !held.Contains(body))
                {
                    bodies.Add(body);
                }
            }
        }
        finally
        {
            _doomed.Reset();
        }

        return bodies;
    }

    /// <summary>Assigns a written body to the entry of the commit.</summary>
    private void Own(long body, long owner)
    {
        _own.Bind(1, body).Bind(2, owner).Run();
        if (_changes.Run() != 1)
        {
            throw new BodyGoneException("The body was swept before it was committed.");
        }
    }

    private void Doom(long body) => _doom.Bind(1, body).Bind(2, NextSeq()).Run();

    /// <summary>The seq for the bodies that this transaction dooms.</summary>
    private long NextSeq()
    {
        if (_state.Seq == _committed.Seq)
        {
            _state = _state with { Seq = _state.Seq + 1 };
        }

        return _state.Seq;
    }

    private StoredResponse? ReadHead(long id, CacheKey key)
    {
        _head.Bind(1, id);
        try
        {
            return _head.Step() && StoredHeadFormat.TryRead(_head.Blob(0), key, out var head) ? head : null;
        }
        finally
        {
            _head.Reset();
        }
    }
}
