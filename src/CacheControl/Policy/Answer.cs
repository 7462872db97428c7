using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>In what form a stored response goes to the caller.</summary>
internal enum AnswerKind
{
    /// <summary>As it is stored.</summary>
    Full,

    /// <summary>304: the caller's condition says it has it already (RFC 9110 §15.4.5).</summary>
    NotModified,

    /// <summary>206 with one range of it (RFC 9110 §15.3.7).</summary>
    Part,

    /// <summary>416: none of the ranges exists (RFC 9110 §15.5.17).</summary>
    RangeNotSatisfiable,
}

/// <summary>The form of an answer.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Range">The bytes, for <see cref="AnswerKind.Part"/>.</param>
internal readonly record struct Answer(AnswerKind Kind, ByteRange Range = default);
