namespace HttpCaching.Sqlite.Engine;

/// <content>Entries: commits, refreshes, removals and invalidations.</content>
internal sealed partial class WriteConnection
{
    private const int RememberedInvalidations = 65_536;

    // The prefix of a tag and of a URI prefix in the table of invalidations; no URI begins like this.
    private const string TagMark = "\u0001";
    private const string PrefixMark = "\u0002";

    private Statement _standing = null!;
    private Statement _insertEntry = null!;
    private Statement _insertContent = null!;
    private Statement _updateEntry = null!;
    private Statement _updateHead = null!;
    private Statement _findEntry = null!;
    private Statement _deleteEntry = null!;
    private Statement _deleteContent = null!;
    private Statement _insertTag = null!;
    private Statement _deleteTags = null!;
    private Statement _ofUri = null!;
    private Statement _invalidated = null!;
    private Statement _invalidatedBegun = null!;
    private Statement _invalidate = null!;
    private Statement _forgetInvalidations = null!;

    /// <summary>Makes a response visible, unless a removal or a newer response forbids it.</summary>
    public bool Commit(CacheKey key, StoreCommit commit, ReadOnlySpan<byte> head, WrittenBody body)
    {
        if (IsForbidden(key.Uri, commit.Head.Tags, commit.Stamp))
        {
            return false;
        }

        var rows = UsefulRows(key);
        var standing = rows.Find(r => r.Variant == commit.Head.Variant);
        if (standing is not null && commit.YieldsTo(standing.Generation, standing.Rank))
        {
            return false;
        }

        if (standing is not null)
        {
            Drop(standing);
            rows.Remove(standing);
        }

        for (var i = rows.Count - 1; i >= _settings.MaximumVariants - 1; i--)
        {
            Drop(rows[i]);
        }

        if (body.Chunked > 0)
        {
            Own(body.Chunked, body.Owner);
        }

        Insert(key, commit, head, body);
        return true;
    }

    /// <summary>Replaces the head of a body.</summary>
    public bool ReplaceHead(CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, ReadOnlySpan<byte> bytes)
    {
        if (IsForbidden(key.Uri, head.Tags, stamp))
        {
            return false;
        }

        var rows = UsefulRows(key);
        if (rows.Find(r => r.Generation == generation) is not { } standing || ReadHead(standing.Id, key) is not { } before)
        {
            return false;
        }

        if (!head.MayTakePlaceOf(before))
        {
            throw new ArgumentException("The head belongs to another body than the stored one.", nameof(head));
        }

        // A head that moves to another variant meets the stored response there, as a commit does.
        var displaced = rows.Find(r => r != standing && r.Variant == head.Variant);
        if (displaced is not null && head.YieldsTo(displaced.Rank))
        {
            return false;
        }

        if (displaced is not null)
        {
            Drop(displaced);
        }

        var size = SizeOf(bytes.Length, head.BodyLength);
        var until = UntilOf(retention);
        _updateEntry.Bind(1, standing.Id).Bind(2, head.Variant).Bind(3, head.Rank).Bind(4, head.Generation).Bind(5, size).Bind(6, head.Tags.Count)
            .Bind(7, until).Run();
        _updateHead.Bind(1, standing.Id).Bind(2, bytes).Bind(3, until).Run();
        _state = _state with { Bytes = _state.Bytes + size - standing.Bytes };
        if (standing.Tags > 0)
        {
            _deleteTags.Bind(1, standing.Id).Run();
        }

        InsertTags(standing.Id, head);
        return true;
    }

    /// <summary>Removes the response of a generation.</summary>
    public void Remove(CacheKey key, long generation)
    {
        if (StandingRows(key).Find(r => r.Generation == generation) is { } standing)
        {
            Drop(standing);
        }
    }

    /// <summary>Removes a response whose body or head is damaged.</summary>
    public void RemoveBody(CacheKey key, long bodyId)
    {
        foreach (var row in StandingRows(key))
        {
            if (ReadHead(row.Id, key) is not { } head || head.BodyId == bodyId)
            {
                Drop(row);
            }
        }
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether it existed.</returns>
    public bool RemoveEntry(long id)
    {
        _findEntry.Bind(1, id);
        EntryRow? row;
        try
        {
            row = _findEntry.Step() ? RowOf(_findEntry) : null;
        }
        finally
        {
            _findEntry.Reset();
        }

        if (row is null)
        {
            _deleteTags.Bind(1, id).Run();
            return false;
        }

        Drop(row);
        return true;
    }

    /// <summary>Removes all responses of a URI, in all scopes, and refuses late commits.</summary>
    public void Invalidate(string uri)
    {
        _ofUri.Bind(1, Hash.Of(uri)).Bind(2, uri);
        foreach (var row in RowsOf(_ofUri))
        {
            Drop(row);
        }

        RefuseLate(uri);
    }

    /// <summary>Refuses late responses with a tag.</summary>
    public void RefuseLateTagged(string tag) => RefuseLate(TagMark + tag);

    /// <summary>Refuses late responses of a prefix.</summary>
    public void RefuseLateBegun(string prefix) => RefuseLate(PrefixMark + prefix);

    /// <summary>Refuses all late responses.</summary>
    public void RefuseAllLate()
    {
        var stamp = _state.Stamp + 1;
        _state = _state with { Stamp = stamp, Cleared = stamp };
    }

    private static long SizeOf(long headBytes, long bodyBytes) => headBytes + bodyBytes + SqliteStoreSettings.OverheadBytes;

    private static EntryRow RowOf(Statement statement) => new(
        statement.Number(0), statement.Text(1), statement.Number(2), statement.Number(3), statement.Number(4), statement.Number(5), statement.Number(6),
        statement.Number(7));

    private static List<EntryRow> RowsOf(Statement statement)
    {
        List<EntryRow> rows = [];
        try
        {
            while (statement.Step())
            {
                rows.Add(RowOf(statement));
            }

            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    private void PrepareEntries()
    {
        const string Columns = "SELECT id, variant, rank, generation, bytes, chunked, tags, until FROM entry";
        _standing = Prepare(Columns + " WHERE hash = ?1 AND scope = ?2 AND uri = ?3 ORDER BY id DESC");
        _ofUri = Prepare(Columns + " WHERE hash = ?1 AND uri = ?2");
        _findEntry = Prepare(Columns + " WHERE id = ?1");
        _insertEntry = Prepare("""
            INSERT INTO entry(hash, scope, uri, variant, rank, generation, bytes, chunked, tags, used, uses, until)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11) RETURNING id
            """);
        _insertContent = Prepare("INSERT INTO content(id, chunked, seal, until, head, body) VALUES(?1, ?2, ?3, ?6, ?4, ?5)");
        _updateEntry = Prepare("UPDATE entry SET variant = ?2, rank = ?3, generation = ?4, bytes = ?5, tags = ?6, until = ?7 WHERE id = ?1");
        _updateHead = Prepare("UPDATE content SET head = ?2, until = ?3 WHERE id = ?1");
        _deleteEntry = Prepare("DELETE FROM entry WHERE id = ?1");
        _deleteContent = Prepare("DELETE FROM content WHERE id = ?1");
        _insertTag = Prepare("INSERT OR IGNORE INTO tag(tag, entry) VALUES(?1, ?2)");
        _deleteTags = Prepare("DELETE FROM tag WHERE entry = ?1");
        _invalidated = Prepare("SELECT stamp FROM invalidation WHERE uri = ?1");
        _invalidatedBegun = Prepare(
            "SELECT count(*) FROM invalidation WHERE uri >= char(2) AND uri < char(3) AND stamp > ?2 AND substr(?1, 1, length(uri) - 1) = substr(uri, 2)");
        _invalidate = Prepare("INSERT INTO invalidation(uri, stamp) VALUES(?1, ?2) ON CONFLICT(uri) DO UPDATE SET stamp = excluded.stamp");
        _forgetInvalidations = Prepare("DELETE FROM invalidation WHERE stamp <= ?1");
    }

    /// <summary>Whether a removal after the stamp covers the response, or may cover it.</summary>
    private bool IsForbidden(string uri, IReadOnlyList<string> tags, long stamp) =>
        stamp != _state.Stamp
        && (stamp < _state.Floor || stamp > _state.Stamp || stamp < _state.Cleared
            || _invalidated.Bind(1, uri).Run() > stamp
            || tags.Any(tag => _invalidated.Bind(1, TagMark + tag).Run() > stamp)
            || _invalidatedBegun.Bind(1, uri).Bind(2, stamp).Run() > 0);

    private void RefuseLate(string what)
    {
        _state = _state with { Stamp = _state.Stamp + 1 };
        _invalidate.Bind(1, what).Bind(2, _state.Stamp).Run();
        ForgetInvalidations();
    }

    private void ForgetInvalidations()
    {
        // Twice as many as promised, so that one pass through the table serves many removals.
        if (_state.Stamp - _state.Floor > 2 * RememberedInvalidations)
        {
            var floor = _state.Stamp - RememberedInvalidations;
            _forgetInvalidations.Bind(1, floor).Run();
            _state = _state with { Floor = floor };
        }
    }

    private List<EntryRow> StandingRows(CacheKey key)
    {
        ReadConnection.BindKey(_standing, key, Hash).Bind(3, key.Uri);
        return RowsOf(_standing);
    }

    /// <summary>The stored responses of a key. Responses past their retention are dropped immediately, so that they neither refuse nor displace others.</summary>
    private List<EntryRow> UsefulRows(CacheKey key)
    {
        var rows = StandingRows(key);
        var now = _settings.Now;
        rows.RemoveAll(row =>
        {
            var isUseless = row.Until <= now;
            if (isUseless)
            {
                Drop(row);
            }

            return isUseless;
        });
        return rows;
    }

    /// <summary>The millisecond at which the retention of a response ends.</summary>
    private long UntilOf(TimeSpan retention) => _settings.Now + (Math.Max(0, retention.Ticks) / TimeSpan.TicksPerMillisecond);

    private void Insert(CacheKey key, StoreCommit commit, ReadOnlySpan<byte> bytes, WrittenBody body)
    {
        var head = commit.Head;
        var until = UntilOf(commit.Retention);
        var size = SizeOf(bytes.Length, head.BodyLength);
        var id = ReadConnection.BindKey(_insertEntry, key, Hash).Bind(3, key.Uri).Bind(4, head.Variant).Bind(5, head.Rank).Bind(6, head.Generation)
            .Bind(7, size).Bind(8, body.Chunked).Bind(9, head.Tags.Count).Bind(10, _settings.Now).Bind(11, until).Run();
        _insertContent.Bind(1, id).Bind(2, body.Chunked).Bind(4, bytes).Bind(6, until);
        if (body.Chunked > 0)
        {
            _insertContent.Bind(3, body.Salt).BindNull(5).Run();
        }
        else
        {
            _insertContent.Bind(3, BodySeal.Of(head.BodyId, 0, body.Inline.Span)).Bind(5, body.Inline.Span).Run();
        }

        InsertTags(id, head);
        _state = _state with { Bytes = _state.Bytes + size, Responses = _state.Responses + 1 };
    }

    private void InsertTags(long id, StoredResponse head)
    {
        for (var i = 0; i < head.Tags.Count; i++)
        {
            _insertTag.Bind(1, head.Tags[i]).Bind(2, id).Run();
        }
    }

    private void Drop(EntryRow row)
    {
        _deleteEntry.Bind(1, row.Id).Run();
        _deleteContent.Bind(1, row.Id).Run();
        if (row.Tags > 0)
        {
            _deleteTags.Bind(1, row.Id).Run();
        }

        if (row.Chunked > 0)
        {
            Doom(row.Chunked);
        }

        _state = _state with { Bytes = _state.Bytes - row.Bytes, Responses = _state.Responses - 1 };
    }

    private sealed record EntryRow(long Id, string Variant, long Rank, long Generation, long Bytes, long Chunked, long Tags, long Until);
}
