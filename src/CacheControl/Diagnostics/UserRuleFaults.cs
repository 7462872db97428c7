using Microsoft.Extensions.Logging;

namespace HttpCaching.Diagnostics;

/// <summary>The objects of the application that the cache calls, and that must not be able to make a request fail.</summary>
[Flags]
internal enum UserRule
{
    /// <summary>Decides which statuses are stored.</summary>
    StatusFilter = 1,

    /// <summary>Gives responses a lifetime.</summary>
    Heuristic = 2,

    /// <summary>Normalises the content of a QUERY.</summary>
    QueryNormalizer = 4,

    /// <summary>Selects the partition of a request.</summary>
    PartitionSelector = 8,

    /// <summary>Adds to the key of a request.</summary>
    KeyMaterial = 16,

    /// <summary>Listens to the meter.</summary>
    MeterListener = 32,

    /// <summary>Makes the meter.</summary>
    MeterFactory = 64,

    /// <summary>Tells the size of the store.</summary>
    StoreUsage = 128,

    /// <summary>Listens to the spans.</summary>
    ActivityListener = 256,

    /// <summary>Names the resource of a URI.</summary>
    KeyFunction = 512,
}

/// <summary>Records which of the application's rules have thrown: a rule that always throws is logged once, not with each request.</summary>
/// <param name="logger">The logger.</param>
internal sealed class UserRuleFaults(ILogger logger)
{
    private int _noted;

    /// <summary>Records that a rule has thrown.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="exception">The exception.</param>
    public void Note(UserRule rule, Exception exception)
    {
        if ((Interlocked.Or(ref _noted, (int)rule) & (int)rule) == 0)
        {
            Log.RuleFailed(logger, exception, PathOf(rule), ConsequenceOf(rule));
        }
    }

    /// <summary>The option of the rule.</summary>
    private static string PathOf(UserRule rule) => rule switch
    {
        UserRule.StatusFilter => "Store.StatusFilter",
        UserRule.QueryNormalizer => "Extensions.QueryNormalizers",
        UserRule.KeyMaterial => "Keys.Material",
        UserRule.KeyFunction => "KeyOf of a rule",
        _ => rule.ToString(),
    };

    private static string ConsequenceOf(UserRule rule) => rule switch
    {
        UserRule.StatusFilter or UserRule.Heuristic => "the response is not stored",
        UserRule.QueryNormalizer => "the content is told apart byte by byte",
        UserRule.PartitionSelector or UserRule.KeyMaterial or UserRule.KeyFunction => "the request bypasses the cache",
        UserRule.MeterFactory => "the cache makes its meter itself",
        UserRule.ActivityListener => "the span is lost",
        UserRule.StoreUsage => "its size or its evictions are not told",
        _ => "the measurement is lost",
    };
}
