using System.Buffers;

namespace HttpCaching.DistributedCache.Engines;

/// <summary>
/// The bytes of a value as they were read. Its memory may be rented: it goes back when the last holder of the value has released it. So each holder
/// takes a reference and releases it once.
/// </summary>
internal sealed class EngineValue
{
    private readonly byte[]? _rented;
    private int _references = 1;

    /// <summary>Creates a value in memory of the engine, which is only read.</summary>
    public EngineValue(ReadOnlyMemory<byte> memory) => Memory = memory;

    /// <summary>Creates a value in rented memory.</summary>
    public EngineValue(byte[] rented, int length)
    {
        _rented = rented;
        Memory = rented.AsMemory(0, length);
    }

    public ReadOnlyMemory<byte> Memory { get; }

    /// <summary>Takes a reference; false if the last one was released already.</summary>
    public bool TryHold()
    {
        for (var count = Volatile.Read(ref _references); count > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _references, count + 1, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0 && _rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
