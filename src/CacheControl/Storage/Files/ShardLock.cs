using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The right to change one shard, held for a moment. It ends with its process, however the process ends.</summary>
/// <param name="gate">Keeps the threads of this process apart.</param>
/// <param name="file">The locked file.</param>
/// <param name="state">The state of the store that the lock belongs to.</param>
/// <param name="shard">The shard.</param>
/// <param name="counter">The number of removals, read since the shard was locked.</param>
/// <param name="usage">The recorded usage of the shard, read since the shard was locked.</param>
internal sealed class ShardLock(SemaphoreSlim gate, SafeFileHandle file, StateFile state, int shard, long counter, ShardUsage usage) : IDisposable
{
    // As it is recorded. Only the holder of the lock changes it.
    private ShardUsage _usage = usage;
    private bool _isDisposed;

    /// <summary>The state of the store that the lock belongs to.</summary>
    public StateFile State => state;

    /// <summary>Whether the shard is marked: a process died during a change, or damage was found.</summary>
    public bool IsMarked => _usage.IsMarked;

    /// <summary>Whether a response from a snapshot with this stamp comes too late: a removal since then covers it.</summary>
    public bool Forbids(RemovalTarget target, long stamp) => state.Forbids(target, stamp, counter);

    /// <summary>Marks the shard: until <see cref="EndChange"/>, a change may be half done.</summary>
    /// <returns>The usage. It tells whether the shard was marked already, by a process that died.</returns>
    public ShardUsage BeginChange()
    {
        var before = _usage;
        if (!before.IsMarked)
        {
            Record(before with { IsMarked = true });
        }

        return before;
    }

    /// <summary>Records the change of usage. An earlier mark stays until the shard has been counted.</summary>
    public void EndChange(ShardUsage before, long bytes, int records) =>
        Record(before with { Bytes = Math.Max(0, before.Bytes + bytes), Records = Math.Max(0, before.Records + records) });

    /// <summary>Requests a count of the shard in the next maintenance, because a file in it is damaged or missing.</summary>
    public void Mark() => BeginChange();

    /// <summary>Records the counted usage of the shard, and removes the mark.</summary>
    public void SetUsage(long bytes, int records) => Record(new ShardUsage(bytes, records, IsMarked: false));

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            file.Dispose();
            gate.Release();
        }
    }

    private void Record(ShardUsage usage)
    {
        state.WriteUsage(shard, usage);
        _usage = usage;
    }
}
