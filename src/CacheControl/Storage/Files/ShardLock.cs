using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The right to change one shard, held for a moment. It ends with its process, however the process ends.</summary>
internal sealed class ShardLock(SemaphoreSlim gate, SafeFileHandle file, StateFile state, int shard) : IDisposable
{
    private bool _isDisposed;

    /// <summary>The state of the store that the lock belongs to.</summary>
    public StateFile State => state;

    /// <summary>Marks the shard: until <see cref="EndChange"/>, a change may be half done.</summary>
    /// <returns>Whether the shard was marked already, by a process that died.</returns>
    public ShardUsage BeginChange()
    {
        var usage = state.ReadUsage(shard);
        if (!usage.IsMarked)
        {
            state.WriteUsage(shard, usage with { IsMarked = true });
        }

        return usage;
    }

    /// <summary>Records the change of usage. An earlier mark stays until the shard has been counted.</summary>
    public void EndChange(ShardUsage before, long bytes, int records) => state.WriteUsage(
        shard, before with { Bytes = Math.Max(0, before.Bytes + bytes), Records = Math.Max(0, before.Records + records) });

    /// <summary>Requests a count of the shard in the next maintenance, because a file in it is damaged or missing.</summary>
    public void Mark() => BeginChange();

    /// <summary>Records the counted usage of the shard, and removes the mark.</summary>
    public void SetUsage(long bytes, int records) => state.WriteUsage(shard, new ShardUsage(bytes, records, IsMarked: false));

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            file.Dispose();
            gate.Release();
        }
    }
}
