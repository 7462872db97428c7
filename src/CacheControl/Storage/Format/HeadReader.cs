using System.Buffers.Binary;
using System.Text;

namespace HttpCaching.Storage.Format;

/// <summary>
/// Reads the parts of a stored head one after the other. Never throws, and never allocates more than the given bytes need.
/// After the first damage <see cref="IsDamaged"/> stays true, and every read returns an empty value.
/// </summary>
internal ref struct HeadReader(ReadOnlySpan<byte> span)
{
    private ReadOnlySpan<byte> _rest = span;

    public bool IsDamaged { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte() => Take(1, out var bytes) ? bytes[0] : (byte)0;

    public ushort ReadUInt16() => Take(sizeof(ushort), out var bytes) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    public uint ReadUInt32() => Take(sizeof(uint), out var bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    public long ReadInt64() => Take(sizeof(long), out var bytes) ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    /// <summary>A number of at least <paramref name="least"/>.</summary>
    public long ReadInt64(long least, long most = long.MaxValue)
    {
        var value = ReadInt64();
        Require(value >= least && value <= most);
        return value;
    }

    public uint ReadVarInt()
    {
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            return ReadByte();
        }

        var value = 0UL;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                Require(value <= uint.MaxValue);
                return IsDamaged ? 0 : (uint)value;
            }
        }

        Require(false);
        return 0;
    }

    /// <summary>How many elements follow, each of at least <paramref name="leastBytes"/> bytes.</summary>
    public int ReadCount(int leastBytes)
    {
        var count = ReadVarInt();
        Require(count <= (uint)(_rest.Length / leastBytes));
        return IsDamaged ? 0 : (int)count;
    }

    /// <summary>A text or null. If it is ASCII and equals <paramref name="likely"/>, that instance is given and nothing allocated.</summary>
    public string? ReadText(string? likely = null)
    {
        var header = ReadVarInt();
        if (header == 0)
        {
            return null;
        }

        var isWide = (header & 1) == 0;
        var count = (header - 1) >> 1;
        if (!Take(isWide ? count * 2L : count, out var bytes))
        {
            return null;
        }

        return isWide ? Widen(bytes) : likely is not null && Ascii.Equals(bytes, likely) ? likely : Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A text that can't be missing.</summary>
    public string ReadRequiredText(string? likely = null)
    {
        var text = ReadText(likely);
        Require(text is not null);
        return text ?? string.Empty;
    }

    public string ReadName()
    {
        var number = ReadByte();
        if (number == 0)
        {
            var text = ReadRequiredText();
            Require(HeadText.IsToken(text));
            return text;
        }

        var name = KnownFieldNames.NameOf(number);
        Require(name is not null);
        return name ?? string.Empty;
    }

    /// <summary>Marks the head as damaged unless <paramref name="condition"/> holds.</summary>
    public void Require(bool condition)
    {
        if (!condition)
        {
            IsDamaged = true;
            _rest = default;
        }
    }

    private static string Widen(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length / 2, bytes, static (characters, source) =>
    {
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]);
        }
    });

    private bool Take(long count, out ReadOnlySpan<byte> bytes)
    {
        if (count > _rest.Length)
        {
            Require(false);
            bytes = default;
            return false;
        }

        bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return true;
    }
}
