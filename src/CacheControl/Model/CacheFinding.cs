using HttpCaching.Model;

namespace HttpCaching;

/// <summary>Something that is odd in the headers of a response.</summary>
/// <param name="Id">The kind of finding.</param>
public sealed record CacheFinding(HeaderFinding Id)
{
    /// <summary>The finding in one sentence, with the section of the RFC.</summary>
    public string Text => FindingTexts.CauseOf(Id);

    /// <summary>The remedy, most often for the origin.</summary>
    public string Remedy => FindingTexts.RemedyOf(Id);

    /// <summary>The section of the RFC that has the rule; <see langword="null"/> if there is none.</summary>
    public string? Section => ExplanationText.SectionOf(Text);

    /// <summary>The finding and its remedy.</summary>
    public override string ToString() => $"{Id}: {Text} {Remedy}";
}
