namespace ConcurrentWriters;

/// <summary>Where the first client's request is held: every point of its way at which another client can change what is stored.</summary>
public enum GatePosition
{
    /// <summary>Before the stored responses are read.</summary>
    BeforeRead,

    /// <summary>When they have been read, before a decision is made from them.</summary>
    AfterRead,

    /// <summary>When the decision to validate is made, before the body is pinned.</summary>
    BeforePin,

    /// <summary>When the body is pinned, before the request goes out.</summary>
    AfterPin,

    /// <summary>When the request has reached the origin.</summary>
    InFlight,

    /// <summary>When the origin has made up its mind, before its answer arrives.</summary>
    BeforeAnswer,

    /// <summary>When the answer has been judged, before the stored head is replaced.</summary>
    BeforeHeadReplaced,

    /// <summary>When the stored head has been replaced, before the caller gets the response.</summary>
    AfterHeadReplaced,

    /// <summary>When the caller has the response but has not read its body.</summary>
    BeforeBodyRead,
}
