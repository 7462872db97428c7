using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HttpCaching.DependencyInjection;

/// <summary>A setting of a rule as configuration names it.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Expected">The kind of value that it takes, in words.</param>
/// <param name="TryRead">Sets it from a section; false if the value is of another kind.</param>
internal sealed record RuleRow(string Name, string Expected, Func<CacheRule, IConfigurationSection, bool> TryRead)
{
    /// <summary>All settings that configuration can give.</summary>
    public static IReadOnlyList<RuleRow> All() =>
    [
        Texts("Methods", (rule, values) => rule.ForMethods(values)),
        Duration("FreshFor", (rule, value) => rule.FreshFor(value)),
        Duration("AtLeast", (rule, value) => rule.AtLeast(value)),
        Duration("AtMost", (rule, value) => rule.AtMost(value)),
        Duration("FreshByDefault", (rule, value) => rule.FreshByDefault(value)),
        Duration("StaleIfError", (rule, value) => rule.StaleIfError(value)),
        Duration("StaleWhileRevalidate", (rule, value) => rule.StaleWhileRevalidate(value)),
        Switch("StaleWhenDisconnected", rule => rule.StaleWhenDisconnected()),
        Word<HttpCacheMode>("Mode", (rule, value) => rule.WithMode(value)),
        Switch("Bypass", rule => rule.Bypass()),
        Switch("IgnoreNoStore", rule => rule.IgnoreNoStore()),
        Switch("IgnoreNoCache", rule => rule.IgnoreNoCache()),
        Switch("IgnorePrivate", rule => rule.IgnorePrivate()),
        Texts("IgnoreRequestDirectives", (rule, values) => rule.IgnoreRequestDirectives(values)),
        new("StoreOnly", "a list of status codes", TryReadStatusCodes),
        Texts("Tags", (rule, values) => rule.WithTags(values)),
        Texts("IgnoreVary", (rule, values) => rule.IgnoreVary(values)),
        Texts("AddVary", (rule, values) => rule.AddVary(values)),
        Texts("IgnoreQuery", (rule, values) => rule.IgnoreQuery(values)),
        Switch("IgnoreQueryOrder", rule => rule.IgnoreQueryOrder()),
        new("KeyOf", "a function, which configuration can't give, in code", (_, _) => false),
        new("CacheContentOf", "a section with the key POST and a list of media types below", TryReadContent),
        Word<HttpCacheSetCookie>("SetCookie", (rule, value) => rule.SetCookie(value)),
    ];

    private static RuleRow Duration(string name, Action<CacheRule, TimeSpan> set) => new(name, OptionRow.DurationKind, (rule, section) =>
    {
        if (section.Value is not { } text || !OptionRow.TryParse(text, out TimeSpan value))
        {
            return false;
        }

        set(rule, value);
        return true;
    });

    private static RuleRow Switch(string name, Action<CacheRule> set) => new(name, "true or false", (rule, section) =>
    {
        if (!bool.TryParse(section.Value, out var isSet))
        {
            return false;
        }

        if (isSet)
        {
            set(rule);
        }

        return true;
    });

    private static RuleRow Texts(string name, Action<CacheRule, string[]> set) => new(name, OptionRow.ListKind, (rule, section) =>
    {
        if (ListOf(section) is not { } texts)
        {
            return false;
        }

        set(rule, texts);
        return true;
    });

    private static RuleRow Word<T>(string name, Action<CacheRule, T> set)
        where T : struct, Enum => new(name, string.Join(" or ", Enum.GetNames<T>()), (rule, section) =>
    {
        if (section.Value is not { } text || !text.All(char.IsLetter) || !Enum.TryParse<T>(text, ignoreCase: true, out var word))
        {
            return false;
        }

        set(rule, word);
        return true;
    });

    private static bool TryReadContent(CacheRule rule, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value) || section.GetChildren().ToArray() is not [var method] || ListOf(method) is not { } types)
        {
            return false;
        }

        rule.CacheContentOf(method.Key.ToUpperInvariant(), types);
        return true;
    }

    private static bool TryReadStatusCodes(CacheRule rule, IConfigurationSection section)
    {
        var codes = new List<int>();
        foreach (var text in ListOf(section) ?? ["none"])
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                return false;
            }

            codes.Add(code);
        }

        rule.StoreOnly([.. codes]);
        return true;
    }

    private static string[]? ListOf(IConfigurationSection section)
    {
        string?[] texts = [.. section.GetChildren().Select(child => child.Value)];
        return string.IsNullOrEmpty(section.Value) && !texts.Contains(null) ? [.. texts.OfType<string>()] : null;
    }
}
