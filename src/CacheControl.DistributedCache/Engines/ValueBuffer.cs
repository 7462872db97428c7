using System.Buffers;

namespace HttpCaching.DistributedCache.Engines;

/// <summary>Takes a value from the engine into rented memory, up to a limit. A longer value is not from this store, and is refused before memory is taken for it.</summary>
internal sealed class ValueBuffer(int likelyBytes, int mostBytes) : IBufferWriter<byte>
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(likelyBytes, mostBytes));
    private int _length;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>The value. The buffer can't be used after this.</summary>
    public EngineValue ToValue() => new(_bytes, _length);

    /// <summary>Gives the memory back. Only for a caller that knows that the engine no longer writes to it.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Reserve(int sizeHint)
    {
        var wanted = (long)_length + Math.Max(sizeHint, 1);
        if (wanted <= _bytes.Length)
        {
            return;
        }

        if (wanted > mostBytes)
        {
            throw new ValueTooLongException();
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(wanted, 2L * _bytes.Length), mostBytes));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
