using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>The right to change one shard, held for an instant. Ends with its process, however that ends.</summary>
internal sealed class ShardLock(SemaphoreSlim gate, SafeFileHandle file, StateFile state, int shard) : IDisposable
{
    private bool _isDisposed;

    /// <summary>The state of the store that the lock belongs to.</summary>
    public StateFile State => state;

    /// <summary>Marks the shard: what happens until <see cref="EndChange"/> may be half done.</summary>
    /// <returns>Whether the shard was marked already, by one who died.</returns>
    public ShardUsage BeginChange()
    {
        var usage = state.ReadUsage(shard);
        if (!usage.IsMarked)
        {
            state.WriteUsage(shard, usage with { IsMarked = true });
        }

        return usage;
    }

    /// <summary>Notes what has changed. A mark that was there before stays, until the shard has been counted.</summary>
    public void EndChange(ShardUsage before, long bytes, int records) => state.WriteUsage(
        shard, before with { Bytes = Math.Max(0, before.Bytes + bytes), Records = Math.Max(0, before.Records + records) });

    /// <summary>Has the shard counted in the next maintenance: something in it is not as it should be.</summary>
    public void Mark() => BeginChange();

    /// <summary>Notes what the shard takes after it has been counted, and takes the mark away.</summary>
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
