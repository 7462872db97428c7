namespace HttpCaching.Control.Flights;

/// <summary>The next step of a reader of a shared body.</summary>
internal enum BodyStep
{
    /// <summary>The bytes have been copied; none at the end.</summary>
    Bytes,

    /// <summary>The bytes are kept: so many can be read.</summary>
    Kept,

    /// <summary>Another reader has the pump.</summary>
    Wait,

    /// <summary>The reader has the pump.</summary>
    Pump,
}
