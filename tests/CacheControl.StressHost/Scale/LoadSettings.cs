namespace HttpCaching.StressHost.Scale;

/// <summary>What a process of the load works with; handed over as JSON.</summary>
public sealed record LoadSettings
{
    /// <summary>The servers of the engine.</summary>
    public required string Engine { get; init; }

    /// <summary>The origin.</summary>
    public required Uri Origin { get; init; }

    /// <summary>The file of the <see cref="VersionTable"/>.</summary>
    public required string Versions { get; init; }

    /// <summary>The file of the <see cref="VersionTable"/> of acknowledged changes.</summary>
    public required string Acknowledged { get; init; }

    /// <summary>How many resources there are.</summary>
    public required int Resources { get; init; }

    /// <summary>The exponent of their popularity.</summary>
    public required double Exponent { get; init; }

    /// <summary>Where the random numbers begin.</summary>
    public required int Seed { get; init; }

    /// <summary>Whether the processes agree on who asks the origin.</summary>
    public required bool OneFlight { get; init; }

    /// <summary>Whether there is memory in front of the engine.</summary>
    public required bool MemoryTier { get; init; }

    /// <summary>Whether all limits are so wide that a busy machine reaches none, and each warning of the cache is a fault; otherwise they are the defaults.</summary>
    public required bool IsPatient { get; init; }
}
