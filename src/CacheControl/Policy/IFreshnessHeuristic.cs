namespace HttpCaching;

/// <summary>
/// Gives responses a freshness lifetime of the application's own. Never asked about a response that says no-store; must be pure:
/// the same facts give the same answer, and nothing else is looked at. Called by many threads at once.
/// </summary>
public interface IFreshnessHeuristic
{
    /// <summary>The freshness lifetime to use, or <see langword="null"/> to leave the decision to the next rule.</summary>
    /// <param name="facts">What is known of the response.</param>
    TimeSpan? LifetimeOf(FreshnessFacts facts);
}
