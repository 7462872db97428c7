using HttpCaching.Control.Rules;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Policy;

namespace HttpCaching;

/// <summary>Finds what is wrong with the rules of options. Each error names the rule's number and pattern, and what to change.</summary>
internal sealed class RuleErrors(OptionErrors errors, HttpCacheOptions? options)
{
    private static readonly string[] RequestDirectives = ["no-cache", "no-store", "only-if-cached", "max-age", "max-stale", "min-fresh", "stale-if-error"];

    private readonly List<(string Pattern, IReadOnlyList<string> Methods, int Number)> _known = [];

    /// <summary>The errors of a request's own rule, as far as they do not depend on the options.</summary>
    /// <param name="rule">The rule.</param>
    public static IReadOnlyList<string> Of(CacheRule rule)
    {
        const string Name = "The rule of the request";
        var errors = new OptionErrors();
        if (rule.Methods.Count > 0)
        {
            errors.Add($"{Name} is for some methods, and it holds for its request alone; remove {nameof(CacheRule.ForMethods)}.");
        }

        new RuleErrors(errors, null).CheckSettings(Name, rule.Settings);
        return errors.All;
    }

    /// <summary>Adds the errors of all rules.</summary>
    public void Check()
    {
        for (var i = 0; i < options!.Rules.Count; i++)
        {
            Check(i, $"Rules[{i}] ('{options.Rules[i].Pattern}')", options.Rules[i]);
        }
    }

    private void Check(int number, string name, WrittenRule written)
    {
        var (text, rule, isBroken) = written;
        if (RulePattern.Read(text, out var pattern) is { } error)
        {
            if (!isBroken || !string.IsNullOrEmpty(text))
            {
                errors.Add($"{name} {error}.");
            }
        }
        else
        {
            CheckReach(number, name, pattern!, rule);
        }

        foreach (var method in rule.Methods.Where(method => string.IsNullOrEmpty(method) || !FieldText.IsToken(method)))
        {
            errors.Add($"{name} is for the method '{method}', which is none; write methods as they are sent, such as GET.");
        }

        if (rule.Settings != RuleSettings.None || !isBroken)
        {
            CheckSettings(name, rule.Settings);
        }

        if (rule.Settings.ContentTypes.Count > 0 && rule.Methods.Count > 0 && !rule.Methods.Contains(MethodRules.Post))
        {
            errors.Add($"{name} has CacheContentOf, and is for {string.Join(", ", rule.Methods)} only; add POST to its methods.");
        }
    }

    private void CheckSettings(string name, RuleSettings rule)
    {
        CheckTimes(name, rule);
        CheckWords(name, rule);
        CheckKeys(name, rule);
        CheckContradictions(name, rule);
    }

    /// <summary>A rule that an earlier one hides has no effect.</summary>
    private void CheckReach(int number, string name, RulePattern pattern, CacheRule rule)
    {
        var before = _known.Where(known => known.Pattern == pattern.Text && (known.Methods.Count == 0) == (rule.Methods.Count == 0)).ToList();
        if (rule.Methods.Count == 0 ? before.Count > 0 : rule.Methods.All(method => before.Exists(known => known.Methods.Contains(method))))
        {
            var rules = string.Join(" and ", before.Where(known => rule.Methods.Count == 0 || known.Methods.Intersect(rule.Methods).Any()).Select(known => $"Rules[{known.Number}]"));
            errors.Add($"{name} has no effect: {rules} {(rules.Contains(' ', StringComparison.Ordinal) ? "are for the same requests and come" : "is for the same requests and comes")} first; put them into one.");
            return;
        }

        _known.Add((pattern.Text, rule.Methods, number));
    }

    private void CheckTimes(string name, RuleSettings rule)
    {
        errors.Window(rule.Lifetime, name + " FreshFor");
        errors.Window(rule.LeastLifetime, name + " AtLeast");
        errors.Window(rule.LongestLifetime, name + " AtMost");
        errors.Window(rule.DefaultLifetime, name + " FreshByDefault");
        errors.Window(rule.StaleIfError, name + " StaleIfError");
        errors.Window(rule.StaleWhileRevalidate, name + " StaleWhileRevalidate");
        var limit = options?.Freshness.MaximumLifetime ?? DeltaSeconds.Max;
        foreach (var (word, time) in new[] { ("FreshFor", rule.Lifetime), ("AtLeast", rule.LeastLifetime), ("FreshByDefault", rule.DefaultLifetime) })
        {
            if (limit < DeltaSeconds.Max && time > limit)
            {
                errors.Add($"{name} {word} is {time}, and Freshness.MaximumLifetime cuts it to {limit}; set it to that or less, or raise Freshness.MaximumLifetime.");
            }
        }
    }

    private void CheckWords(string name, RuleSettings rule)
    {
        foreach (var directive in rule.IgnoredRequestDirectives.Except(RequestDirectives))
        {
            errors.Add($"{name} ignores the request directive '{directive}', which is unknown; use {string.Join(", ", RequestDirectives)}.");
        }

        foreach (var status in rule.StatusCodes?.Where(status => status is < 200 or > 599 or 304) ?? [])
        {
            errors.Add($"{name} stores the status {status}, which is never stored; use statuses from 200 to 599 other than 304.");
        }

        if (rule.StatusCodes is { Count: 0 })
        {
            errors.Add($"{name} stores no status at all; name some, or use Bypass.");
        }

        if (!Enum.IsDefined(rule.Mode))
        {
            errors.Add($"{name} has the mode {rule.Mode}; use one of the modes that have names.");
        }

        if (rule.Tags.Any(tag => string.IsNullOrEmpty(tag) || !GroupRules.IsOwn(tag)))
        {
            errors.Add($"{name} has a tag that is empty or begins with \"group \", which is reserved for cache groups; give it another name.");
        }
    }

    private void CheckKeys(string name, RuleSettings rule)
    {
        foreach (var field in rule.IgnoredVary.Concat(rule.AddedVary).Where(field => field == "*" || !FieldText.IsToken(field)))
        {
            errors.Add($"{name} names the field '{field}' of Vary, which is none; use names of request fields.");
        }

        foreach (var field in rule.IgnoredVary.Where(field => rule.AddedVary.Contains(field, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Add($"{name} has {field} in IgnoreVary and in AddVary; remove it from one.");
        }

        foreach (var field in rule.IgnoredVary.Where(field => RuleSettings.TellsUsersApart(field, options is { Kind: CacheKind.Shared }) && !IsForOneUser))
        {
            errors.Add($"{name} ignores {field} in Vary, which would give one user's response to another; remove it{(options is { Kind: CacheKind.Private } ? ", or set SingleUser if the cache has one user" : "")}.");
        }

        foreach (var parameter in rule.Key.IgnoredParameters)
        {
            CheckParameter(name, parameter);
        }

        foreach (var type in rule.ContentTypes)
        {
            if (type.Contains(' ', StringComparison.Ordinal))
            {
                errors.Add($"{name} has CacheContentOf {type.Trim()}; write POST, which alone can be a request that only asks, and at least one media type.");
            }
            else if (type.Split('/') is not [var main, var sub] || !FieldText.IsToken(main) || !FieldText.IsToken(sub) || main.Equals("multipart", StringComparison.OrdinalIgnoreCase) || type.Contains('*', StringComparison.Ordinal))
            {
                errors.Add($"{name} has the media type '{type}' in CacheContentOf; write one type without parameters, such as application/json, and none in parts.");
            }
        }

        if (rule.SetCookie == HttpCacheSetCookie.Keep && options is { Kind: CacheKind.Shared })
        {
            errors.Add($"{name} has SetCookie Keep in a shared cache, which would give one user's cookie to others; use Remove or DoNotStore.");
        }

        if (!Enum.IsDefined(rule.SetCookie))
        {
            errors.Add($"{name} has SetCookie {rule.SetCookie}; use one of the values that have names.");
        }
    }

    private bool IsForOneUser => options is { Kind: CacheKind.Private, SingleUser: true };

    private void CheckParameter(string name, string parameter)
    {
        if (parameter.Length == 0 || parameter.AsSpan(0, parameter.Length - 1).Contains('*') || parameter.AsSpan().ContainsAny("&=#? "))
        {
            errors.Add($"{name} ignores the parameter '{parameter}'; write a name, with a star at its end for any text.");
        }
        else if (KeyRule.Decoded(parameter) == KeyRule.AccessToken && !IsForOneUser)
        {
            errors.Add($"{name} ignores the parameter {parameter}, which would give one user's response to another; remove it.");
        }
    }

    private void CheckContradictions(string name, RuleSettings rule)
    {
        if (rule == RuleSettings.None)
        {
            errors.Add($"{name} sets nothing; say what it changes, or remove it.");
        }

        if (rule.Lifetime is not null && (rule.LeastLifetime ?? rule.LongestLifetime ?? rule.DefaultLifetime) is not null)
        {
            errors.Add($"{name} has FreshFor next to AtLeast, AtMost or FreshByDefault; FreshFor alone decides, so remove the others or it.");
        }

        if (rule.LeastLifetime > rule.LongestLifetime)
        {
            errors.Add($"{name} has AtLeast {rule.LeastLifetime} and AtMost {rule.LongestLifetime}, which no lifetime meets; set AtLeast to AtMost or less.");
        }

        if (rule.Bypass && rule != RuleSettings.None with { Bypass = true })
        {
            errors.Add($"{name} has Bypass next to settings that need the cache; remove Bypass or the others.");
        }

        if (rule.StaleWhileRevalidate > TimeSpan.Zero && options is { Limits.MaximumBackgroundValidations: 0 })
        {
            errors.Add($"{name} StaleWhileRevalidate is {rule.StaleWhileRevalidate}, and Limits.MaximumBackgroundValidations is 0, so that nothing is validated in the background; set it to 1 or more.");
        }
    }
}
