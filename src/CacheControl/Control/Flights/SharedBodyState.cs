namespace HttpCaching.Control.Flights;

/// <summary>The state of a shared body.</summary>
[Flags]
internal enum SharedBodyState : byte
{
    /// <summary>One of the readers reads from the network.</summary>
    Pumping = 1,

    /// <summary>The network has no more.</summary>
    Ended = 2,

    /// <summary>The last reader has left.</summary>
    Closed = 4,

    /// <summary>The read from the network blocks a thread.</summary>
    Blocking = 8,
}
