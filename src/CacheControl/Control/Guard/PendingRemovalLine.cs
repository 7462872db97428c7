using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace HttpCaching.Control.Guard;

/// <summary>A pending removal as a line of a file: a letter for its kind, a space, and the rest in Base64, so that nothing in it ends the line.</summary>
/// <param name="Kind">The kind of a wide removal; null for the invalidation of a URI.</param>
/// <param name="What">The URI, the tag or the beginning of URIs; empty for everything.</param>
internal readonly record struct PendingRemovalLine(WideRemovalKind? Kind, string What)
{
    private const int Head = 2;

    /// <summary>The removal of everything.</summary>
    public static PendingRemovalLine OfAll => new(WideRemovalKind.All, string.Empty);

    private byte Letter => Kind switch
    {
        null => (byte)'u',
        WideRemovalKind.Tag => (byte)'t',
        WideRemovalKind.Prefix => (byte)'p',
        _ => (byte)'a',
    };

    /// <summary>The line with its end.</summary>
    public byte[] ToBytes()
    {
        var what = Encoding.UTF8.GetBytes(What);
        var line = new byte[Head + Base64.GetMaxEncodedToUtf8Length(what.Length) + 1];
        line[0] = Letter;
        line[1] = (byte)' ';
        Base64.EncodeToUtf8(what, line.AsSpan(Head), out _, out _);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Reads a line without its end; false if it is damaged. One that is damaged unseen removes too much, which is a miss.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out PendingRemovalLine removal)
    {
        removal = default;
        if (line.Length < Head || line[1] != (byte)' ')
        {
            return false;
        }

        WideRemovalKind? kind = null;
        switch (line[0])
        {
            case (byte)'u':
                break;
            case (byte)'t':
                kind = WideRemovalKind.Tag;
                break;
            case (byte)'p':
                kind = WideRemovalKind.Prefix;
                break;
            case (byte)'a':
                kind = WideRemovalKind.All;
                break;
            default:
                return false;
        }

        var what = new byte[Base64.GetMaxDecodedFromUtf8Length(line.Length - Head)];
        if (Base64.DecodeFromUtf8(line[Head..], what, out _, out var count) != OperationStatus.Done)
        {
            return false;
        }

        removal = new PendingRemovalLine(kind, Encoding.UTF8.GetString(what, 0, count));
        return true;
    }
}
