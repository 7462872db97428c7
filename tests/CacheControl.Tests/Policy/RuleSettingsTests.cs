using System.Collections.Frozen;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>What a rule makes of the facts of requests and responses, and of a rule below it.</summary>
public sealed class RuleSettingsTests
{
    // Seconds: exact, least, longest of the rule; the lifetime without it and the age on receipt; the lifetime with it, -1 for unchanged.
    [Theory]
    [InlineData("RUL-1", null, null, null, 60, 0, -1)]
    [InlineData("RUL-1", 300, null, null, 60, 0, 300)]
    [InlineData("RUL-1", 300, null, null, 60, 1000, 1300)]
    [InlineData("RUL-1", 0, null, null, 60, 0, 0)]
    [InlineData("RUL-1", null, 30, null, 10, 0, 30)]
    [InlineData("RUL-1", null, 30, null, 60, 0, -1)]
    [InlineData("RUL-1", null, 30, null, 60, 100, 130)]
    [InlineData("RUL-1", null, null, 30, 60, 0, 30)]
    [InlineData("RUL-1", null, null, 30, 10, 0, -1)]
    [InlineData("RUL-1", null, 10, 30, 60, 0, 30)]
    [InlineData("RUL-1", null, 10, 30, 5, 0, 10)]
    public void LifetimeOf_CountsFromReceipt(string spec, int? exact, int? least, int? longest, int lifetime, int age, int expected)
    {
        var rule = new RuleSettings { Lifetime = Seconds(exact), LeastLifetime = Seconds(least), LongestLifetime = Seconds(longest) };
        var facts = Given.Evaluated(200, $"Cache-Control: max-age={lifetime} | Age: {age}");

        rule.LifetimeOf(facts, 200, TimeSpan.FromSeconds(lifetime)).Should().Be(expected < 0 ? null : TimeSpan.FromSeconds(expected), spec);
    }

    // The lifetimes of a rule (exact, least, longest), those of a narrower one, and of both.
    [Theory]
    [InlineData("RUL-2", "5 - -", "7 - -", "7 - -")]
    [InlineData("RUL-2", "5 - -", "- 7 -", "5 7 -")]
    [InlineData("RUL-2", "5 - -", "- - 3", "5 - 3")]
    [InlineData("RUL-2", "- 5 9", "7 - -", "7 - -")]
    [InlineData("RUL-2", "- 5 9", "- 7 -", "- 7 9")]
    [InlineData("RUL-2", "- 5 9", "- 12 -", "- 12 -")]
    [InlineData("RUL-2", "- 5 9", "- - 3", "- 5 3")]
    [InlineData("RUL-2", "- - -", "- - -", "- - -")]
    public void Below_NarrowerLifetimesCount(string spec, string rule, string narrower, string both)
    {
        Lifetimes(rule).Below(Lifetimes(narrower)).Should().Be(Lifetimes(both), spec);
    }

    [Fact]
    [Trait("Spec", "RUL-2")]
    public void Below_EverySettingOfEither_IsKept()
    {
        var settings = new[]
        {
            new RuleSettings { DefaultLifetime = TimeSpan.FromSeconds(1) }, new() { StaleIfError = TimeSpan.FromSeconds(1) }, new() { StaleWhileRevalidate = TimeSpan.FromSeconds(1) },
            new() { StaleWhenDisconnected = true }, new() { Mode = HttpCacheMode.ReadOnly }, new() { Bypass = true }, new() { IgnoresNoStore = true }, new() { IgnoresNoCache = true },
            new() { IgnoresPrivate = true }, new() { IgnoredRequestDirectives = ["max-age"] }, new() { StatusCodes = [200] }, new() { Tags = ["a"] }, new() { IgnoredVary = ["Accept"] },
            new() { AddedVary = ["Accept"] }, new() { Key = new KeyRule { IgnoresOrder = true } }, new() { SetCookie = HttpCacheSetCookie.Remove }, new() { ContentTypes = ["a/b"] }, new() { Lifetime = TimeSpan.FromSeconds(1) },
            new() { LeastLifetime = TimeSpan.FromSeconds(1) }, new() { LongestLifetime = TimeSpan.FromSeconds(1) },
        };

        foreach (var one in settings)
        {
            one.Below(RuleSettings.None).Should().Be(one);
            RuleSettings.None.Below(one).Should().Be(one);
            one.Should().NotBe(RuleSettings.None);
            settings.Count(other => other.Equals(one)).Should().Be(1);
        }

        typeof(RuleSettings).GetProperties().Count(property => property.GetSetMethod() is not null).Should().Be(settings.Length, "each property has its row above");
    }

    [Theory]
    [InlineData("RUL-6", "User-Agent", false, true)]
    [InlineData("RUL-6", "user-agent", true, true)]
    [InlineData("RUL-6", "Cookie", false, true)]
    [InlineData("RUL-6", "Cookie", true, false)]
    [InlineData("RUL-6", "Authorization", true, false)]
    [InlineData("RUL-6", "Origin", true, false)]
    [InlineData("RUL-6", "Origin", false, true)]
    [InlineData("RUL-6", "Accept", false, false)]
    public void IgnoresVary_NeverWhatTellsUsersApartInASharedCache(string spec, string field, bool isShared, bool isIgnored) =>
        new RuleSettings { IgnoredVary = new[] { "User-Agent", "Cookie", "Authorization", "Origin" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase) }
            .IgnoresVary(field, HttpFields.Empty, isShared).Should().Be(isIgnored, spec);

    [Theory]
    [InlineData("RUL-7", "https://h/a", "https://h/a")]
    [InlineData("RUL-7", "https://h/a?", "https://h/a?")]
    [InlineData("RUL-7", "https://h/a?utm_source=x", "https://h/a")]
    [InlineData("RUL-7", "https://h/a?b=1&utm_source=x&a=2", "https://h/a?a=2&b=1")]
    [InlineData("RUL-7", "https://h/a?b=1&a=2&b=0", "https://h/a?a=2&b=1&b=0")]
    [InlineData("RUL-7", "https://h/a?utm=1", "https://h/a?utm=1")]
    [InlineData("RUL-7", "https://h/a?gclid", "https://h/a")]
    [InlineData("RUL-7", "https://h/a?x=utm_source&gclids=1", "https://h/a?gclids=1&x=utm_source")]
    [InlineData("RUL-7", "https://h/a?b=a=1&&a", "https://h/a?&a&b=a=1")]
    [InlineData("RUL-7", "https://h/a?x=1?y=2", "https://h/a?x=1?y=2")]
    public void WithoutWhatDoesNotMatter_LeavesTheRest(string spec, string uri, string expected)
    {
        var rule = new KeyRule { IgnoredParameters = ["utm_*", "gclid"], IgnoresOrder = true };

        rule.WithoutWhatDoesNotMatter(uri).Should().Be(expected, spec);
        rule.WithoutWhatDoesNotMatter(expected).Should().BeSameAs(expected);
        KeyRule.None.WithoutWhatDoesNotMatter(uri).Should().BeSameAs(uri);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } count ? TimeSpan.FromSeconds(count) : null;

    private static RuleSettings Lifetimes(string text)
    {
        var parts = text.Split(' ').Select(part => part == "-" ? (TimeSpan?)null : TimeSpan.FromSeconds(int.Parse(part))).ToArray();
        return new RuleSettings { Lifetime = parts[0], LeastLifetime = parts[1], LongestLifetime = parts[2] };
    }
}
