namespace HttpCaching.Diagnostics;

/// <summary>How a span belongs to the flow of its code.</summary>
internal enum SpanKind
{
    /// <summary>It is current until it ends, in the same flow.</summary>
    Nested,

    /// <summary>It is never current: it ends in another flow, such as the caller's own that reads a body.</summary>
    Detached,

    /// <summary>Another user ends it.</summary>
    Borrowed,
}
