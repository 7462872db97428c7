namespace HttpCaching.Fields.Structured;

/// <summary>The types of bare items (RFC 9651 §3.3).</summary>
internal enum StructuredType
{
    /// <summary>No value; never the result of parsing.</summary>
    None,

    /// <summary>A whole number of up to 15 digits.</summary>
    Integer,

    /// <summary>A number with up to 12 digits before and 3 after the point.</summary>
    Decimal,

    /// <summary>Printable ASCII in quotes.</summary>
    String,

    /// <summary>A short word without quotes.</summary>
    Token,

    /// <summary>Bytes, written in base64.</summary>
    ByteSequence,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant in whole seconds since 1970.</summary>
    Date,

    /// <summary>Unicode text, percent-encoded.</summary>
    DisplayString,
}
