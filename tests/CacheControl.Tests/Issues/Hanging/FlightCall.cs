namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>What hangs where processes agree on who asks the origin.</summary>
public enum FlightCall
{
    /// <summary>The process that leads: its origin never answers, and all others wait as long as they may.</summary>
    Leader,

    /// <summary>The engine, when it is asked who leads.</summary>
    Enter,

    /// <summary>The engine, while it is waited for the one who leads.</summary>
    Wait,

    /// <summary>The engine, when it is told what came of the flight.</summary>
    End,

    /// <summary>The engine, when a part is given back.</summary>
    Leave,
}
