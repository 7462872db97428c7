namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>Where an answer came from, as far as the test knows.</summary>
/// <param name="IsForwarded">Whether it is the origin's answer to this very request.</param>
/// <param name="Decodes">Whether the pipeline decodes.</param>
/// <param name="MayJoin">Whether the origin sends parts, and breaks off.</param>
internal sealed record WireCircumstances(bool IsForwarded, bool Decodes, bool MayJoin);
