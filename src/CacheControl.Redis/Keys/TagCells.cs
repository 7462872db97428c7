using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CacheControl.Redis.Keys;

/// <summary>
/// Where the value of a bucket's epoch says when a tag was last removed: in two of <see cref="Cells"/> places, each of which other tags may have too. A fixed number
/// of places, because origins choose the names of tags and how many there are. A tag counts as removed only if both say so, so a removal hardly ever concerns another one.
/// </summary>
/// <param name="First">The position of the one.</param>
/// <param name="Second">The position of the other.</param>
internal readonly record struct TagCells(int First, int Second)
{
    // The value of an epoch: 16 digits of the epoch, 13 of the last number, then the cells, of 13 digits each.
    private const int Start = 29;
    private const int Bytes = 13;
    private const int Cells = 256;

    /// <summary>The cells of a tag.</summary>
    public static TagCells Of(string tagName)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(tagName), hash);
        var first = hash[0];
        var second = BinaryPrimitives.ReadUInt16LittleEndian(hash[2..]) % (Cells - 1);
        return new TagCells(PositionOf(first), PositionOf(second < first ? second : second + 1));
    }

    private static int PositionOf(int cell) => Start + (cell * Bytes);
}
