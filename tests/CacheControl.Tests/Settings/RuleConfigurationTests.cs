using HttpCaching.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Settings;

/// <summary>Rules from configuration are those that code can write, and a wrong key is an error.</summary>
public sealed class RuleConfigurationTests
{
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Rules", "https://h/*", "Http:Rules is 'https://h/*', but it is a list of rules; give each rule keys below, such as Http:Rules:0:Match." },
        { "Rules:0:FreshFor", "00:01:00", "Http:Rules:0 has no Match; give it the pattern of the URIs that it is for, such as https://api.example.org/*." },
        { "Rules:1:FreshFo", "00:01:00", "Http:Rules:1:FreshFo is not a setting of a rule. The nearest is FreshFor; correct the key or remove it." },
        { "Rules:1:FreshFor", "5", "Http:Rules:1:FreshFor is '5'; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week." },
        { "Rules:1:Bypass", "yes", "Http:Rules:1:Bypass is 'yes'; set it to true or false." },
        { "Rules:1:Mode", "Fast", "Http:Rules:1:Mode is 'Fast'; set it to Default or NoStore or Reload or NoCache or ForceCache or OnlyIfCached or ReadOnly." },
        { "Rules:1:StoreOnly:0", "ok", "Http:Rules:1:StoreOnly is the list 'ok'; set it to a list of status codes." },
        { "Rules:1:KeyOf", "/a", "Http:Rules:1:KeyOf is '/a'; set it to a function, which configuration can't give, in code." },
        { "Rules:1:Bypass:Value", "true", "Http:Rules:1:Bypass is a section; set it to true or false." },
        { "Rules:1:CacheContentOf", "POST", "Http:Rules:1:CacheContentOf is 'POST'; set it to a section with the key POST and a list of media types below." },
        { "Rules:1:SetCookie", "Drop", "Http:Rules:1:SetCookie is 'Drop'; set it to Default or Remove or Keep or DoNotStore." },
        { "Rules:1:Mtch", "https://h/*", "Http:Rules:1:Mtch is not a setting of a rule. The nearest is Match; correct the key or remove it." },
        { "Rules:1:AtLeast", null!, "Http:Rules:1:AtLeast is null; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week." },
        { "Rule:0:Match", "https://h/*", "Http:Rule is not an option of the cache. The nearest is Rules; correct the key or remove it." },
        { "Rules:1:Methods", "GET", "Http:Rules:1:Methods is 'GET'; set it to a list of texts." },
    };

    [Fact]
    public void Everything_IsReadAsCodeWritesIt()
    {
        var options = Read(new()
        {
            ["Rules:0:Match"] = "https://api.example.org/products/*",
            ["Rules:0:Methods:0"] = "GET",
            ["Rules:0:FreshFor"] = "00:05:00",
            ["Rules:1:Match"] = "https://legacy.example.org/*",
            ["Rules:1:AtLeast"] = "00:00:30",
            ["Rules:1:AtMost"] = "00:01:00",
            ["Rules:1:FreshByDefault"] = "00:00:40",
            ["Rules:1:StaleIfError"] = "1.00:00:00",
            ["Rules:1:StaleWhileRevalidate"] = "00:00:10",
            ["Rules:1:StaleWhenDisconnected"] = "true",
            ["Rules:1:Mode"] = "forcecache",
            ["Rules:1:IgnoreNoStore"] = "true",
            ["Rules:1:IgnoreNoCache"] = "true",
            ["Rules:1:IgnorePrivate"] = "false",
            ["Rules:1:IgnoreRequestDirectives:0"] = "no-cache",
            ["Rules:1:StoreOnly:0"] = "200",
            ["Rules:1:Tags:0"] = "legacy",
            ["Rules:1:IgnoreVary:0"] = "User-Agent",
            ["Rules:1:AddVary:0"] = "X-Api-Version",
            ["Rules:1:IgnoreQuery:0"] = "utm_*",
            ["Rules:1:IgnoreQuery:1"] = "gclid",
            ["Rules:1:IgnoreQueryOrder"] = "true",
            ["Rules:1:SetCookie"] = "Remove",
            ["Rules:1:CacheContentOf:POST:0"] = "application/json",
        });

        var code = new HttpCacheOptions()
            .For("https://api.example.org/products/*", rule => rule.ForMethods("GET").FreshFor(TimeSpan.FromMinutes(5)))
            .For("https://legacy.example.org/*", rule => rule
                .AtLeast(TimeSpan.FromSeconds(30)).AtMost(TimeSpan.FromMinutes(1)).FreshByDefault(TimeSpan.FromSeconds(40))
                .StaleIfError(TimeSpan.FromDays(1)).StaleWhileRevalidate(TimeSpan.FromSeconds(10)).StaleWhenDisconnected()
                .WithMode(HttpCacheMode.ForceCache).IgnoreNoStore().IgnoreNoCache().IgnoreRequestDirectives("no-cache").StoreOnly(200).WithTags("legacy")
                .IgnoreVary("User-Agent").AddVary("X-Api-Version").IgnoreQuery("utm_*", "gclid").IgnoreQueryOrder().CacheContentOf("POST", "application/json").SetCookie(HttpCacheSetCookie.Remove));
        options.ConfigurationErrors.Should().BeEmpty();
        options.Rules.Should().BeEquivalentTo(code.Rules, o => o.RespectingRuntimeTypes().IncludingInternalProperties());
        HttpCacheOptionsValidator.ThrowIfInvalid(options);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongKey_IsAnError(string key, string value, string error) =>
        Read(new() { ["Rules:1:Match"] = "https://h/*", [key] = value }).ConfigurationErrors.Should().ContainSingle().Which.Should().Be(error);

    [Fact]
    [Trait("Spec", "RUL-1")]
    public void BrokenRules_HaveTheirErrorsOnceAndUnderTheirNumbers()
    {
        var options = Read(new()
        {
            ["Rules:0:FreshFor"] = "soon",
            ["Rules:1:Match"] = "https://h/*",
            ["Rules:1:FreshFor"] = "soon",
            ["Rules:2:Match"] = "h/*",
            ["Rules:2:Bypass"] = "true",
        });

        var failures = options.Invoking(HttpCacheOptionsValidator.ThrowIfInvalid).Should().Throw<OptionsValidationException>().Which.Failures.ToArray();
        failures.Should().HaveCount(4);
        failures[..3].Select(failure => failure[.."Http:Rules:0".Length]).Should().Equal("Http:Rules:0", "Http:Rules:0", "Http:Rules:1");
        failures[3].Should().StartWith("Rules[2] ('h/*') has no scheme");
    }

    [Fact]
    public void Settings_HaveTheNamesOfTheMethods() =>
        typeof(CacheRule).GetMethods().Where(method => method.DeclaringType == typeof(CacheRule))
            .Select(method => method.Name switch { "ForMethods" => "Methods", "WithMode" => "Mode", "WithTags" => "Tags", var name => name })
            .Should().Equal(RuleRow.All().Select(row => row.Name));

    private static HttpCacheOptions Read(Dictionary<string, string?> values)
    {
        var options = new HttpCacheOptions();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => "Http:" + pair.Key, pair => pair.Value)).Build();
        new ConfigurationReader(options).Read(configuration.GetSection("Http"));
        return options;
    }
}
