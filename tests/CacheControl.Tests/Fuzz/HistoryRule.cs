namespace HttpCaching.Tests.Fuzz;

/// <summary>A rule of the application in a history.</summary>
/// <param name="Pattern">Which URIs it is for.</param>
/// <param name="Text">What it sets, for the print of a history that fails.</param>
/// <param name="Configure">Sets it.</param>
internal sealed record HistoryRule(string Pattern, string Text, Action<CacheRule> Configure)
{
    public override string ToString() => $"{Pattern} {Text}";
}
