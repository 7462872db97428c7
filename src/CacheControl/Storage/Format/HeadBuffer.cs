using System.Buffers.Binary;
using System.Text;

namespace HttpCaching.Storage.Format;

/// <summary>Writes the parts of a stored head one after the other into a span that is large enough.</summary>
internal ref struct HeadBuffer(Span<byte> span)
{
    private readonly Span<byte> _span = span;

    /// <summary>The most bytes that <see cref="WriteText"/> writes before the characters.</summary>
    public const int TextOverhead = 5;

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _span[..Length];

    /// <summary>The most bytes that a text takes.</summary>
    public static int MostBytes(string? text) => checked(TextOverhead + (2 * text?.Length ?? 0));

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_span[Length..]);
        Length += value.Length;
    }

    public void WriteByte(byte value) => _span[Length++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_span[Length..], value);
        Length += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_span[Length..], value);
        Length += sizeof(uint);
    }

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_span[Length..], value);
        Length += sizeof(long);
    }

    /// <summary>Sets the bytes at a position that was written before.</summary>
    public readonly void SetUInt32(int position, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_span[position..], value);

    public void WriteVarInt(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    public void WriteText(string? text)
    {
        if (text is null)
        {
            WriteVarInt(0);
            return;
        }

        var isWide = text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF');
        WriteVarInt(((uint)text.Length << 1) + (isWide ? 2u : 1u));
        if (!isWide)
        {
            Length += Encoding.Latin1.GetBytes(text, _span[Length..]);
            return;
        }

        foreach (var character in text)
        {
            WriteUInt16(character);
        }
    }

    public void WriteName(string name)
    {
        var number = KnownFieldNames.NumberOf(name);
        WriteByte(number);
        if (number == 0)
        {
            WriteText(name);
        }
    }
}
