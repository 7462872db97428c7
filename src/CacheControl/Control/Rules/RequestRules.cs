using System.Runtime.CompilerServices;
using HttpCaching.Control.Keys;
using HttpCaching.Policy;

namespace HttpCaching.Control.Rules;

/// <summary>
/// The settings of requests with a rule of their own. The settings of each rule are made once: conclusions about stored responses are remembered with the settings that
/// they were drawn from. Bounded: a program that gives each request another rule has its settings made for each.
/// </summary>
/// <param name="policy">The settings of requests without any rule.</param>
internal sealed class RequestRules(PolicySettings policy)
{
    private const int Maximum = 256;

    private readonly BoundedTable<Pair, PolicySettings> _made = new(Maximum);

    /// <summary>The settings of a request.</summary>
    /// <param name="origin">The settings that it would have without its own rule.</param>
    /// <param name="rule">Its rule.</param>
    public PolicySettings For(PolicySettings origin, RuleSettings rule)
    {
        var pair = new Pair(origin, rule);
        if (_made.TryGet(pair, out var known))
        {
            return known;
        }

        var made = policy.Under(origin.Rule is { } below ? below.Below(rule) : rule);
        _made.Set(pair, _ => made);
        return made;
    }

    /// <summary>How many rules have their settings kept; for tests.</summary>
    internal int Count => _made.Count;

    private readonly record struct Pair(PolicySettings Origin, RuleSettings Rule)
    {
        public bool Equals(Pair other) => ReferenceEquals(Origin, other.Origin) && Rule.Equals(other.Rule);

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Origin), Rule);
    }
}
