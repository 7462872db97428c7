namespace HttpCaching.Redis.Backplane;

/// <summary>
/// Which of one origin's messages have come. One that is missing may be on its way from another server of a Cluster, so it counts as lost only when it has
/// not come from one check to the next. Not thread-safe.
/// </summary>
/// <param name="first">The number that the origin is first heard of with; what was before concerns nobody.</param>
internal sealed class SequenceLog(long first)
{
    private const int MostAhead = 1024;

    private readonly HashSet<long> _ahead = [];

    // All up to here have come, or are given up.
    private long _complete = first;

    // The greatest number that the origin is known to have given.
    private long _last = first;

    // What was complete at the last check, if something was missing then; -1 if nothing was.
    private long _incompleteAtCheck = -1;

    /// <summary>A message has come.</summary>
    public void Note(long sequence)
    {
        _last = Math.Max(_last, sequence);
        if (sequence <= _complete)
        {
            return;
        }

        _ahead.Add(sequence);
        while (_ahead.Remove(_complete + 1))
        {
            _complete++;
        }
    }

    /// <summary>The origin says how many messages it has sent.</summary>
    public void Announce(long last) => _last = Math.Max(_last, last);

    /// <summary>Whether a message is lost: one that was missing at the last check has not come since, or too many are missing. Then all that are missing are given up.</summary>
    public bool Check()
    {
        if (_complete == _last)
        {
            _incompleteAtCheck = -1;
            return false;
        }

        if (_incompleteAtCheck != _complete && _ahead.Count <= MostAhead)
        {
            _incompleteAtCheck = _complete;
            return false;
        }

        _ahead.Clear();
        _complete = _last;
        _incompleteAtCheck = -1;
        return true;
    }
}
