namespace HttpCaching;

/// <summary>One stored response under the key of a request.</summary>
public sealed record CandidateExplanation
{
    /// <summary>The method of the request that it was stored for.</summary>
    public required string Method { get; init; }

    /// <summary>Its status code.</summary>
    public required int StatusCode { get; init; }

    /// <summary>When it was received or last validated.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The bytes of its body.</summary>
    public required long BodyLength { get; init; }

    /// <summary>Whether the whole representation is stored.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Whether it is the one that the rules select for the request.</summary>
    public required bool IsSelected { get; init; }

    /// <summary>Why it does not fit the request.</summary>
    public required CandidateMismatch Mismatch { get; init; }

    /// <summary>
    /// The first field of its Vary that the request does not match, by its name; "*" if no request matches. <see langword="null"/> unless <see cref="Mismatch"/> is
    /// <see cref="CandidateMismatch.Vary"/>.
    /// </summary>
    public string? MismatchedField { get; init; }
}
