namespace HttpCaching.Redis.Backplane;

/// <summary>
/// Tells which of one sender's messages have come. A missing one may be on its way from another server of a Cluster. So it counts as lost only if it has
/// not come from one check to the next. Not thread-safe.
/// </summary>
/// <param name="first">The first known number of the sender; earlier messages do not matter.</param>
internal sealed class SequenceLog(long first)
{
    private const int MostAhead = 1024;

    private readonly HashSet<long> _ahead = [];

    // All messages up to here have come, or are given up.
    private long _complete = first;

    // The greatest number that the sender is known to have used.
    private long _last = first;

    // The complete part at the last check, if a message was missing then; -1 if none was.
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

    /// <summary>The sender says how many messages it has sent.</summary>
    public void Announce(long last) => _last = Math.Max(_last, last);

    /// <summary>Whether a message is lost: one that was missing at the last check has not come since, or too many are missing. Then all missing ones are given up.</summary>
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
