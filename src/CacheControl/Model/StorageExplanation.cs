using HttpCaching.Model;

namespace HttpCaching;

/// <summary>Whether a response would be stored for a request, for how long, and why not. Made by <see cref="IHttpCache.Explain"/>.</summary>
public sealed record StorageExplanation
{
    /// <summary>Whether it would be stored if its body came whole, and the store took it.</summary>
    public bool IsStored => NotStored is null;

    /// <summary>Why it would not be stored; <see langword="null"/> if it would.</summary>
    public required NotStoredReason? NotStored { get; init; }

    /// <summary>The rule that forbids it, in one sentence.</summary>
    public string? Cause => NotStored is { } reason ? ReasonTexts.CauseOf(reason) : null;

    /// <summary>The section of the RFC that has the rule; <see langword="null"/> if the rule is this cache's own.</summary>
    public string? Section => Cause is { } cause ? ExplanationText.SectionOf(cause) : null;

    /// <summary>The change after which it would be stored.</summary>
    public string? Remedy => NotStored is { } reason ? ReasonTexts.RemedyOf(reason) : null;

    /// <summary>Its lifetime.</summary>
    public required LifetimeExplanation Lifetime { get; init; }

    /// <summary>Its age, as if it had just come.</summary>
    public required AgeExplanation Age { get; init; }

    /// <summary>Findings about its headers.</summary>
    public IReadOnlyList<CacheFinding> Findings { get; init; } = [];

    /// <summary>A few lines that a person understands. Their wording may change; programs read the properties.</summary>
    public override string ToString() => ExplanationText.Of(this);
}
