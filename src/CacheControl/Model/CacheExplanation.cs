using HttpCaching.Model;

namespace HttpCaching;

/// <summary>How the cache would answer a request now, and why. <see cref="ToString"/> says it in a few lines. Made by <see cref="IHttpCache.ExplainAsync"/>.</summary>
public sealed record CacheExplanation
{
    /// <summary>The method of the request.</summary>
    public required string Method { get; init; }

    /// <summary>The URI under which the cache looks: normalised, without fragment and userinfo.</summary>
    public required string Uri { get; init; }

    /// <summary>
    /// A label of the partition in which the cache looks; <see langword="null"/> for the one that all requests without credentials share. Equal labels are the same partition. The label
    /// tells nothing of the credential, tenant or key material.
    /// </summary>
    public string? Partition { get; init; }

    /// <summary>The first thing that the cache would do.</summary>
    public required CacheAction Action { get; init; }

    /// <summary>The status that the response would have if the origin, should it be asked, gave a new response.</summary>
    public required CacheStatus Expected { get; init; }

    /// <summary>The rule that decided.</summary>
    public CacheReason Reason => Expected.Reason;

    /// <summary>The rule in one sentence.</summary>
    public string Cause => ReasonTexts.CauseOf(Reason);

    /// <summary>The section of the RFC that has the rule, as "RFC 9111 §4.2"; <see langword="null"/> if the rule is this cache's own.</summary>
    public string? Section => ExplanationText.SectionOf(Cause);

    /// <summary>The change that would make it a hit; <see langword="null"/> if the cache would answer now.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether the cache would answer with a stored response and validate it in the background.</summary>
    public bool ValidatesInBackground { get; init; }

    /// <summary>The stored responses of the key, and why each fits the request or does not.</summary>
    public IReadOnlyList<CandidateExplanation> Candidates { get; init; } = [];

    /// <summary>The lifetime of the selected stored response; <see langword="null"/> if none is selected.</summary>
    public LifetimeExplanation? Lifetime { get; init; }

    /// <summary>The age of the selected stored response; <see langword="null"/> if none is selected.</summary>
    public AgeExplanation? Age { get; init; }

    /// <summary>Findings about the headers of the selected stored response; empty if none is selected.</summary>
    public IReadOnlyList<CacheFinding> Findings { get; init; } = [];

    /// <summary>A few lines that a person understands. Their wording may change; programs read the properties.</summary>
    public override string ToString() => ExplanationText.Of(this);
}
