using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using HttpCaching.Storage.Format;

namespace HttpCaching.Storage;

/// <summary>
/// Turns the head of a stored response, with its key, into bytes and back. The format is compact, versioned and checked. It is for stores that keep heads outside of the process.
/// </summary>
public static class StoredHeadFormat
{
    /// <summary>The number of bytes from the beginning of a head that <see cref="TryReadLength"/> needs.</summary>
    public const int LengthPrefixBytes = HeadLayout.LengthPrefixBytes;

    /// <summary>Writes a head. Of the HTTP version it keeps only the major and the minor number.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="key">The key of the response.</param>
    /// <param name="response">The head.</param>
    /// <exception cref="ArgumentException">
    /// The head holds a value that a reader would refuse: a name that is no token, a value with CR, LF or NUL, a number out of its range. Nothing was written.
    /// </exception>
    public static void Write(IBufferWriter<byte> destination, CacheKey key, StoredResponse response)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(response);
        HeadEncoder.ThrowIfUnreadable(response);

        var buffer = new HeadBuffer(destination.GetSpan(HeadEncoder.MostBytes(key, response)));
        HeadEncoder.Write(ref buffer, key, response);
        destination.Advance(buffer.Length);
    }

    /// <summary>Reads the length of a head, checksum included, from its first bytes, so that the caller can then read all of it.</summary>
    /// <param name="start">The first bytes; with fewer than <see cref="LengthPrefixBytes"/> the result is false.</param>
    /// <param name="length">The number of bytes that <see cref="TryRead(ReadOnlySpan{byte}, out CacheKey, out StoredResponse)"/> needs. It is not checked: limit it before you allocate.</param>
    /// <returns>False if no head of this version begins here.</returns>
    public static bool TryReadLength(ReadOnlySpan<byte> start, out int length)
    {
        length = 0;
        if (start.Length < LengthPrefixBytes || !start.StartsWith(HeadLayout.Magic) || start[HeadLayout.Magic.Length] != HeadLayout.Version)
        {
            return false;
        }

        var value = BinaryPrimitives.ReadUInt32LittleEndian(start[HeadLayout.LengthPosition..]);
        length = (int)Math.Min(value, int.MaxValue);
        return value is >= HeadLayout.FewestBytes and <= int.MaxValue;
    }

    /// <summary>Reads a head. Never throws. It allocates memory in proportion to the given bytes, whatever lengths they state.</summary>
    /// <param name="source">Exactly the bytes that were written.</param>
    /// <param name="key">The key, if the result is true.</param>
    /// <param name="response">The head, if the result is true.</param>
    /// <returns>False if the bytes are no head of this version or are damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out CacheKey key, [NotNullWhen(true)] out StoredResponse? response)
    {
        if (TryRead(source, likely: default, out key, out response))
        {
            return true;
        }

        key = default;
        return false;
    }

    /// <summary>Reads a head that should belong to a certain key, which costs less if it does. Never throws.</summary>
    /// <param name="source">Exactly the bytes that were written.</param>
    /// <param name="expected">The key.</param>
    /// <param name="response">The head, if the result is true.</param>
    /// <returns>False if the bytes are no head of this version, are damaged, or belong to another key.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, CacheKey expected, [NotNullWhen(true)] out StoredResponse? response)
    {
        if (TryRead(source, expected, out var key, out response) && key == expected)
        {
            return true;
        }

        response = null;
        return false;
    }

    private static bool TryRead(
        ReadOnlySpan<byte> source, CacheKey likely, out CacheKey key, [NotNullWhen(true)] out StoredResponse? response)
    {
        key = default;
        response = null;
        if (!TryReadLength(source, out var length) || length != source.Length)
        {
            return false;
        }

        var content = source[..^HeadLayout.ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[^HeadLayout.ChecksumBytes..]) != HeadLayout.Checksum(content))
        {
            return false;
        }

        var reader = new HeadReader(content);
        var head = HeadDecoder.Read(ref reader, likely, out key);
        response = !reader.IsDamaged && reader.IsAtEnd ? head : null;
        return response is not null;
    }
}
