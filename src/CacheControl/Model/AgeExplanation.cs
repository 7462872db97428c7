namespace HttpCaching;

/// <summary>The age of a response with its parts, as RFC 9111 §4.2.3 names them.</summary>
public sealed record AgeExplanation
{
    /// <summary>The Age that came with the response; <see langword="null"/> if there was none.</summary>
    public TimeSpan? AgeValue { get; init; }

    /// <summary>The receipt minus Date; never negative.</summary>
    public required TimeSpan ApparentAge { get; init; }

    /// <summary>The time between the request and the head of the response.</summary>
    public required TimeSpan ResponseDelay { get; init; }

    /// <summary>The age on receipt: the greater of the apparent age, and of the received Age plus the delay.</summary>
    public required TimeSpan CorrectedInitialAge { get; init; }

    /// <summary>The time since receipt.</summary>
    public required TimeSpan ResidentTime { get; init; }

    /// <summary>The age now: the initial age plus the time since receipt.</summary>
    public required TimeSpan CurrentAge { get; init; }
}
