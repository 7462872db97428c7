using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HttpCaching.Redis.Keys;

/// <summary>
/// The cells in the value of a bucket's epoch that hold the time of a tag's last removal: two of <see cref="Cells"/> places. Other tags may share each. The number
/// of places is fixed, because origins choose the names and the number of tags. A tag counts as removed only if both cells say so, so a removal hardly ever concerns another tag.
/// The last removals of an origin have cells of their own: a removal of tags does not prevent the storing of the origin's other responses.
/// </summary>
/// <param name="First">The position of the first cell.</param>
/// <param name="Second">The position of the second cell.</param>
internal readonly record struct TagCells(int First, int Second)
{
    // The value of an epoch: 16 digits of the epoch, 13 of the last number, then the cells of tags and those of origins, of 13 digits each.
    private const int Start = 29;
    private const int Bytes = 13;
    private const int Cells = 256;
    private const int OriginCells = 64;
    private const string SchemeEnd = "://";

    /// <summary>The cells of a tag.</summary>
    public static TagCells Of(string tagName) => Among(Encoding.ASCII.GetBytes(tagName), 0, Cells);

    /// <summary>The cells of the origin of a URI or prefix; <see langword="null"/> if it contains no whole origin. All URIs of an origin have its cells.</summary>
    public static TagCells? OfOrigin(string uriPrefix)
    {
        var scheme = uriPrefix.IndexOf(SchemeEnd, StringComparison.Ordinal);
        var end = scheme < 0 ? -1 : uriPrefix.IndexOf('/', scheme + SchemeEnd.Length);
        return end < 0 ? null : Among(Encoding.UTF8.GetBytes(uriPrefix, 0, end), Cells, OriginCells);
    }

    private static TagCells Among(ReadOnlySpan<byte> name, int start, int count)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        var first = hash[0] % count;
        var second = BinaryPrimitives.ReadUInt16LittleEndian(hash[2..]) % (count - 1);
        return new TagCells(PositionOf(start + first), PositionOf(start + (second < first ? second : second + 1)));
    }

    private static int PositionOf(int cell) => Start + (cell * Bytes);
}
