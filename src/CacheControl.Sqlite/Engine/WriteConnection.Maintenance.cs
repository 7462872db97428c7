namespace HttpCaching.Sqlite.Engine;

/// <content>Times of use, eviction, removal of many responses, and the size of the file.</content>
internal sealed partial class WriteConnection
{
    public const int MostUses = 15;
    private const int Removals = 500;
    private const int SampleRuns = 16;
    private const int SampleRun = 128;
    private const int MovedPages = 256;

    private Statement _used = null!;
    private Statement _lastEntry = null!;
    private Statement _uriOf = null!;
    private Statement _sample = null!;
    private Statement _tagged = null!;
    private Statement _useless = null!;
    private Statement _pages = null!;
    private Statement _freePages = null!;
    private Statement _vacuum = null!;

    /// <summary>Writes down the uses of entries. A later use by another process stays; a time in the future does not.</summary>
    public void AddUses(IReadOnlyList<TakenUse> uses)
    {
        foreach (var use in uses)
        {
            _used.Bind(1, use.Id).Bind(2, use.Last.ToUnixTimeMilliseconds()).Bind(3, use.Uses).Bind(4, _settings.Now).Run();
        }
    }

    /// <summary>
    /// Evicts the most dispensable of a sample, until the store is at its low-water mark or a fair part of the sample is gone. The ids are spread
    /// over the table, so the cost doesn't grow with the store.
    /// </summary>
    /// <param name="lowBytes">The low-water mark.</param>
    /// <param name="lowResponses">The low-water mark in responses.</param>
    /// <param name="evicted">Takes the evicted responses.</param>
    /// <returns>Whether more must be evicted.</returns>
    public bool Evict(long lowBytes, long lowResponses, List<StoreEviction> evicted)
    {
        evicted.Clear();
        if (_state.Bytes <= lowBytes && _state.Responses <= lowResponses)
        {
            return false;
        }

        var sample = Sample();
        if (sample.Count == 0)
        {
            // Only damaged counters say otherwise; without this check, eviction would not end.
            _state = _state with { Bytes = 0, Responses = 0 };
            return false;
        }

        sample.Sort(static (a, b) => b.Dispensability.CompareTo(a.Dispensability));

        // A quarter of the sample at most: elsewhere there may be more dispensable entries than the rest of it. A small store is its own sample.
        var most = sample.Count < SampleRuns * SampleRun / 2 ? sample.Count : sample.Count / 4;
        for (var i = 0; i < most && (_state.Bytes > lowBytes || _state.Responses > lowResponses); i++)
        {
            var (uri, before) = (UriOf(sample[i].Id), _state.Bytes);
            if (RemoveEntry(sample[i].Id))
            {
                evicted.Add(new StoreEviction(uri, before - _state.Bytes));
            }
        }

        return most > 0 && (_state.Bytes > lowBytes || _state.Responses > lowResponses);
    }

    /// <summary>Removes some of the entries with a tag.</summary>
    /// <returns>The number of removed entries; fewer than the limit only if none are left.</returns>
    public int RemoveTagged(string tag) => RemoveListed(_tagged.Bind(1, tag));

    /// <summary>Removes some of the responses past their retention, found by their index.</summary>
    /// <returns>The number of removed responses; fewer than the limit only if none are left.</returns>
    public int RemoveUseless() => RemoveListed(_useless.Bind(1, _settings.Now));

    /// <summary>Frees some pages at the file's end, and moves used pages from there; a megabyte at most.</summary>
    /// <returns>Whether there are still more free pages than should stay.</returns>
    public bool Shrink()
    {
        var taken = 0;
        try
        {
            // Each row of the result is a page.
            while (_vacuum.Step())
            {
                taken++;
            }
        }
        finally
        {
            _vacuum.Reset();
        }

        return taken > 0 && new FileSpace(_pages.Run(), _freePages.Run()).IsAboveReserve;
    }

    /// <summary>Removes all responses, and refuses late commits.</summary>
    public void Clear()
    {
        RefuseAllLate();
        var seq = NextSeq();
        _connection.Execute("DELETE FROM entry");
        _connection.Execute("DELETE FROM content");
        _connection.Execute("DELETE FROM tag");
        _connection.Execute($"UPDATE body SET doomed = {seq} WHERE owner = 0 AND doomed = 0");
        _state = _state with { Bytes = 0, Responses = 0 };
    }

    private void PrepareMaintenance()
    {
        _used = Prepare($"UPDATE entry SET used = CASE WHEN used > ?2 AND used <= ?4 THEN used ELSE ?2 END, uses = min({MostUses}, uses + ?3) WHERE id = ?1");
        _lastEntry = Prepare("SELECT max(id) FROM entry");
        _uriOf = Prepare("SELECT uri FROM entry WHERE id = ?1");
        _sample = Prepare("SELECT id, used, uses FROM entry WHERE id >= ?1 ORDER BY id LIMIT ?2");
        _tagged = Prepare($"SELECT entry FROM tag WHERE tag = ?1 LIMIT {Removals}");
        _useless = Prepare($"SELECT id FROM entry WHERE until <= ?1 LIMIT {Removals}");
        _pages = Prepare("PRAGMA page_count");
        _freePages = Prepare("PRAGMA freelist_count");
        _vacuum = Prepare($"PRAGMA incremental_vacuum({MovedPages})");
    }

    private int RemoveListed(Statement list)
    {
        List<long> ids = [];
        try
        {
            while (list.Step())
            {
                ids.Add(list.Number(0));
            }
        }
        finally
        {
            list.Reset();
        }

        return ids.Count(RemoveEntry);
    }

    private string? UriOf(long id)
    {
        _uriOf.Bind(1, id);
        try
        {
            return _uriOf.Step() ? _uriOf.Text(0) : null;
        }
        finally
        {
            _uriOf.Reset();
        }
    }

    private List<(long Id, double Dispensability)> Sample()
    {
        var now = _settings.Now;
        var last = _lastEntry.Run();
        var seen = new HashSet<long>();
        List<(long Id, double Dispensability)> sample = [];
        for (var i = 0; i < SampleRuns; i++)
        {
            // The first run begins at the first entry, so it sees all of a small store.
            _sample.Bind(1, i == 0 ? 0 : Random.Shared.NextInt64(last + 1)).Bind(2, SampleRun);
            try
            {
                while (_sample.Step())
                {
                    if (seen.Add(_sample.Number(0)))
                    {
                        // A response that a scan reads once goes before one that is read often. A time in the future counts as now.
                        var idle = Math.Max(0, now - _sample.Number(1));
                        sample.Add((_sample.Number(0), (double)(idle + 1) / (1 + _sample.Number(2))));
                    }
                }
            }
            finally
            {
                _sample.Reset();
            }
        }

        return sample;
    }
}
