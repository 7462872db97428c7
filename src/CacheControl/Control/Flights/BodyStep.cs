namespace HttpCaching.Control.Flights;

/// <summary>What there is for a reader of a shared body.</summary>
internal enum BodyStep
{
    /// <summary>They have been copied; none at the end.</summary>
    Bytes,

    /// <summary>They are kept: so many can be read.</summary>
    Kept,

    /// <summary>Somebody else has the pump.</summary>
    Wait,

    /// <summary>The reader has the pump.</summary>
    Pump,
}
