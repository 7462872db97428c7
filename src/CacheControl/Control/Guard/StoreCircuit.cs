
namespace HttpCaching.Control.Guard;

/// <summary>
/// Stops asking a store that fails or hangs. It opens after several faults in a row, or one call that ran out of time, so that a hanging store costs its time limit
/// once; after a pause one call tries again, and success closes it.
/// </summary>
/// <param name="time">The clock of the pauses.</param>
/// <param name="firstPause">The first pause; each failed trial doubles it, up to a minute or the pause itself if that is longer.</param>
/// <param name="faultsToOpen">How many faults in a row open it.</param>
internal sealed class StoreCircuit(TimeProvider time, TimeSpan firstPause, int faultsToOpen)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private volatile bool _isOpen;
    private int _faults;
    private int _doublings;
    private long _openedAt;
    private bool _isTrying;

    /// <summary>Whether the store is left alone, but for a trial.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether no fault is remembered, so that a call that succeeds changes nothing here.</summary>
    public bool IsCalm => !_isOpen && Volatile.Read(ref _faults) == 0;

    /// <summary>Whether the store may be asked now. While it is open one caller after each pause is told yes: its call is the trial.</summary>
    public bool Admits()
    {
        if (!_isOpen)
        {
            return true;
        }

        lock (_gate)
        {
            if (!_isOpen)
            {
                return true;
            }

            if (_isTrying || time.GetElapsedTime(_openedAt) < Pause())
            {
                return false;
            }

            return _isTrying = true;
        }
    }

    /// <summary>A call has succeeded.</summary>
    /// <returns>True if this closed the circuit.</returns>
    public bool Succeeded()
    {
        if (IsCalm)
        {
            return false;
        }

        lock (_gate)
        {
            var closes = _isOpen;
            (_isOpen, _isTrying, _faults, _doublings) = (false, false, 0, 0);
            return closes;
        }
    }

    /// <summary>A call has failed.</summary>
    /// <param name="timedOut">Whether it ran out of time.</param>
    /// <returns>True if this opened the circuit.</returns>
    public bool Failed(bool timedOut)
    {
        lock (_gate)
        {
            _faults++;
            if (_isOpen)
            {
                if (_isTrying)
                {
                    _isTrying = false;
                    _openedAt = time.GetTimestamp();
                    _doublings = Math.Min(_doublings + 1, 16);
                }

                return false;
            }

            if (!timedOut && _faults < faultsToOpen)
            {
                return false;
            }

            _isOpen = true;
            _openedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>A call has failed.</summary>
    /// <param name="exception">The failure. If it concerns a part of the store, the rest is well, and the store itself lets no call wait for the part.</param>
    /// <returns>True if this opened the circuit.</returns>
    public bool Failed(Exception exception)
    {
        if (exception is not StorePartUnavailableException)
        {
            return Failed(exception is TimeoutException);
        }

        Withdraw();
        return false;
    }

    /// <summary>A call was not made, or says nothing about the store as a whole. If it was the trial, the next call is it.</summary>
    public void Withdraw()
    {
        if (_isOpen)
        {
            lock (_gate)
            {
                _isTrying = false;
            }
        }
    }

    private TimeSpan Pause()
    {
        var pause = firstPause * (1 << _doublings);
        return pause <= LongestPause || _doublings == 0 ? pause : firstPause > LongestPause ? firstPause : LongestPause;
    }
}
