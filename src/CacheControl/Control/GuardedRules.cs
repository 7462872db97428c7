using HttpCaching.Diagnostics;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>The application's own rules, made safe to call: the rules of the cache are total, and one that throws would lose the response that it is asked about.</summary>
/// <param name="faults">Where a rule that throws is noted.</param>
internal sealed class GuardedRules(UserRuleFaults faults)
{
    /// <summary>A filter that says no where the application's throws.</summary>
    public Func<int, bool>? Guard(Func<int, bool>? filter) => filter is null ? null : status =>
    {
        try
        {
            return filter(status);
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.StatusFilter, exception);
            return false;
        }
    };

    /// <summary>A heuristic that gives <see cref="HeuristicRules.Failed"/> where the application's throws.</summary>
    public IFreshnessHeuristic? Guard(IFreshnessHeuristic? heuristic) => heuristic is null ? null : new Heuristic(heuristic, faults);

    /// <summary>A function that leaves content as it is where the application's throws.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Guard(Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> normalizer) => content =>
    {
        try
        {
            return normalizer(content);
        }
        catch (Exception exception)
        {
            faults.Note(UserRule.QueryNormalizer, exception);
            return content;
        }
    };

    private sealed class Heuristic(IFreshnessHeuristic inner, UserRuleFaults faults) : IFreshnessHeuristic
    {
        public TimeSpan? LifetimeOf(FreshnessFacts facts)
        {
            try
            {
                return inner.LifetimeOf(facts);
            }
            catch (Exception exception)
            {
                faults.Note(UserRule.Heuristic, exception);
                return HeuristicRules.Failed;
            }
        }
    }
}
