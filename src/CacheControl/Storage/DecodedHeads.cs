using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using HttpCaching.Storage.Format;

namespace HttpCaching.Storage;

/// <summary>
/// Reads heads as <see cref="StoredHeadFormat"/> does, and remembers the latest: for stores that get the bytes of a head from outside of the process at each look-up. While the bytes are the
/// same, the head is the same object, and what the rules have concluded from it is there already. Many threads may use it.
/// </summary>
public sealed class DecodedHeads
{
    private const int Places = 1024;

    // Longer ones are rare. At most 4 MiB of bytes are kept, and about twice as much of what they say.
    private const int LongestKept = 4 * 1024;

    private readonly Known?[] _known = new Known?[Places];

    /// <summary>Reads a head. Never throws.</summary>
    /// <param name="source">Exactly the bytes that were written.</param>
    /// <param name="expected">The key of the response.</param>
    /// <param name="response">The head, if the result is true; the same object as before if the bytes are the same.</param>
    /// <returns>False if the bytes are no head of this version, are damaged, or belong to another key.</returns>
    public bool TryRead(ReadOnlySpan<byte> source, CacheKey expected, [NotNullWhen(true)] out StoredResponse? response)
    {
        if (source.Length is < HeadLayout.ChecksumBytes or > LongestKept)
        {
            return StoredHeadFormat.TryRead(source, expected, out response);
        }

        // The checksum tells heads apart as well as any hash of them. Whether it is the same head, the bytes decide.
        ref var place = ref _known[BinaryPrimitives.ReadUInt32LittleEndian(source[^HeadLayout.ChecksumBytes..]) % Places];
        if (Volatile.Read(ref place) is { } known && known.Key == expected && source.SequenceEqual(known.Bytes))
        {
            response = known.Head;
            return true;
        }

        if (!StoredHeadFormat.TryRead(source, expected, out response))
        {
            return false;
        }

        Volatile.Write(ref place, new Known(expected, source.ToArray(), response));
        return true;
    }

    private sealed record Known(CacheKey Key, byte[] Bytes, StoredResponse Head);
}
