using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using HttpCaching.Storage.Format;

namespace HttpCaching.Storage;

/// <summary>
/// The head of a stored response, with its key, as bytes: compact, versioned and checked. For stores that keep heads outside of the process.
/// </summary>
public static class StoredHeadFormat
{
    /// <summary>How many bytes from the beginning of a head <see cref="TryReadLength"/> needs.</summary>
    public const int LengthPrefixBytes = HeadLayout.LengthPrefixBytes;

    /// <summary>Writes a head. Of the HTTP version only the major and the minor number are kept.</summary>
    /// <param name="destination">Where to write to.</param>
    /// <param name="key">The key that the response is stored under.</param>
    /// <param name="response">The head.</param>
    /// <exception cref="ArgumentException">
    /// The head holds what a reader would refuse: a name that is no token, a value with CR, LF or NUL, a number out of its range. Nothing was written.
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

    /// <summary>Reads how long a head is, checksum included, from its first bytes; so that it can be read whole.</summary>
    /// <param name="start">At least <see cref="LengthPrefixBytes"/> bytes, or the answer is false.</param>
    /// <param name="length">The number of bytes that <see cref="TryRead(ReadOnlySpan{byte}, out CacheKey, out StoredResponse)"/> wants. Not checked against anything: limit it before allocating.</param>
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

    /// <summary>Reads a head. Never throws; memory is allocated in proportion to the bytes given, whatever lengths stand in them.</summary>
    /// <param name="source">Exactly the bytes that were written.</param>
    /// <param name="key">The key, if the answer is true.</param>
    /// <param name="response">The head, if the answer is true.</param>
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

    /// <summary>Reads a head that should belong to a certain key; cheaper if it does. Never throws.</summary>
    /// <param name="source">Exactly the bytes that were written.</param>
    /// <param name="expected">The key.</param>
    /// <param name="response">The head, if the answer is true.</param>
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
