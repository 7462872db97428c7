using System.Diagnostics.CodeAnalysis;

namespace HttpCaching.Fields.Structured;

/// <summary>A bare item (RFC 9651 §3.3). Equal if type and content are equal. The default value has no type.</summary>
internal readonly record struct StructuredValue
{
    private StructuredValue(StructuredType type, decimal number, string? text)
    {
        Type = type;
        Number = number;
        Text = text;
    }

    /// <summary>The type.</summary>
    public StructuredType Type { get; }

    /// <summary>An Integer, a Decimal, a Date in seconds since 1970, or 1 and 0 for a Boolean; otherwise zero.</summary>
    public decimal Number { get; }

    /// <summary>The content of a String, Token or Display String, or a Byte Sequence in padded base64; otherwise null.</summary>
    public string? Text { get; }

    /// <summary>An Integer.</summary>
    /// <param name="value">At most 15 digits.</param>
    public static StructuredValue Integer(long value) => new(StructuredType.Integer, value, null);

    /// <summary>A Decimal.</summary>
    /// <param name="value">At most 12 digits before the point; rounded to 3 after it when written.</param>
    public static StructuredValue Decimal(decimal value) => new(StructuredType.Decimal, value, null);

    /// <summary>A Boolean.</summary>
    /// <param name="value">The value.</param>
    public static StructuredValue Boolean(bool value) => new(StructuredType.Boolean, value ? 1 : 0, null);

    /// <summary>A Date.</summary>
    /// <param name="seconds">Seconds since 1970; at most 15 digits.</param>
    public static StructuredValue Date(long seconds) => new(StructuredType.Date, seconds, null);

    /// <summary>A String.</summary>
    /// <param name="text">Printable ASCII.</param>
    public static StructuredValue String(string text) => new(StructuredType.String, 0, text);

    /// <summary>A Token.</summary>
    /// <param name="text">A letter or `*`, then token characters, `:` and `/`.</param>
    public static StructuredValue Token(string text) => new(StructuredType.Token, 0, text);

    /// <summary>A Display String.</summary>
    /// <param name="text">Any Unicode text without lone surrogates.</param>
    public static StructuredValue DisplayString(string text) => new(StructuredType.DisplayString, 0, text);

    /// <summary>A Byte Sequence.</summary>
    /// <param name="bytes">The bytes.</param>
    public static StructuredValue ByteSequence(ReadOnlySpan<byte> bytes) =>
        new(StructuredType.ByteSequence, 0, Convert.ToBase64String(bytes));

    /// <summary>The number if this is an Integer.</summary>
    /// <param name="value">The number.</param>
    public bool TryGetInteger(out long value)
    {
        value = Type == StructuredType.Integer ? (long)Number : 0;
        return Type == StructuredType.Integer;
    }

    /// <summary>The truth if this is a Boolean.</summary>
    /// <param name="value">The truth.</param>
    public bool TryGetBoolean(out bool value)
    {
        value = Type == StructuredType.Boolean && Number == 1;
        return Type == StructuredType.Boolean;
    }

    /// <summary>The text if this is a String (not a Token).</summary>
    /// <param name="value">The text.</param>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = Type == StructuredType.String ? Text : null;
        return value is not null;
    }

    /// <summary>The bytes if this is a Byte Sequence.</summary>
    /// <param name="value">The bytes, a new array.</param>
    public bool TryGetBytes([NotNullWhen(true)] out byte[]? value)
    {
        value = Type == StructuredType.ByteSequence ? Convert.FromBase64String(Text!) : null;
        return value is not null;
    }
}
