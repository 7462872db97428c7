namespace HttpCaching;

/// <summary>
/// Gives responses a freshness lifetime of the application. The cache never asks about a response that says no-store. Many threads may call it at the same time.
/// It must be pure: it uses only the facts, and the same facts give the same answer.
/// </summary>
public interface IFreshnessHeuristic
{
    /// <summary>Returns the freshness lifetime to use, or <see langword="null"/> to leave the decision to the next rule.</summary>
    /// <param name="facts">The facts of the response.</param>
    TimeSpan? LifetimeOf(FreshnessFacts facts);
}
