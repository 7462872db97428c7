using HttpCaching.Tests.Control;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Settings;

/// <summary>Rules follow the configuration that they were read from; a wrong one is logged, and the rules stay.</summary>
public sealed class RuleReloadTests : IDisposable
{
    private const string Uri = "https://h.example.org/a";

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["HttpCaching:Rules:0:Match"] = "https://h.example.org/*",
        ["HttpCaching:Rules:0:FreshFor"] = "00:05:00",
    }).Build();

    private readonly ScriptedOrigin _origin = new() { Otherwise = _ => ScriptedOrigin.Response(200, "x") };
    private readonly EventLog _log = new();
    private ServiceProvider? _services;

    public void Dispose() => _services?.Dispose();

    [Theory]
    [InlineData("the default cache")]
    [InlineData("a client's own")]
    [InlineData("defaults of all clients")]
    [Trait("Spec", "RUL-9")]
    public async Task Reloaded_RulesHoldFromThenOn(string place)
    {
        var client = ClientOf(place);
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(5));

        Reload(("FreshFor", "00:10:00"));
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(10), "the stored response is judged by the new rules");
        Reload(("FreshFor", "00:00:07"));
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromSeconds(7));
        _origin.Requests.Should().HaveCount(1);
        _log.Messages.Where(message => message.Contains("reloaded", StringComparison.Ordinal)).Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "RUL-9")]
    public async Task Reloaded_RuleForAUriThatNoneWasFor_HoldsFromThenOn()
    {
        _origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        _configuration["HttpCaching:Rules:0:Match"] = "https://h.example.org/other/*";
        var client = ClientOf("the default cache");
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(1));
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(1));

        Reload(("Match", "https://h.example.org/*"));
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(5));
        _origin.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("Rules:0:FreshFor", "-00:01:00", "FreshFor is -00:01:00")]
    [InlineData("Rules:0:FreshFo", "00:01:00", "The nearest is FreshFor")]
    [InlineData("Rules:1:FreshFor", "00:01:00", "has no Match")]
    [InlineData("StaleIfErorr", "00:01:00", "The nearest is StaleIfError")]
    [Trait("Spec", "RUL-9")]
    public async Task ReloadedWrong_KeepsTheRulesAndLogsTheErrors_UntilItIsRight(string key, string value, string error)
    {
        var client = ClientOf("the default cache");
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(5));
        var before = _configuration["HttpCaching:" + key];

        _configuration["HttpCaching:" + key] = value;
        _configuration.Reload();
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(5));
        _log.Messages.Should().ContainSingle(message => message.Contains("keeps the rules", StringComparison.Ordinal) && message.Contains(error, StringComparison.Ordinal));
        _configuration["HttpCaching:" + key] = before;
        if (before is null)
        {
            return;
        }

        Reload(("FreshFor", "00:02:00"));
        (await LifetimeAsync(client)).Should().Be(TimeSpan.FromMinutes(2));
    }

    [Fact]
    [Trait("Spec", "RUL-9")]
    public async Task ReloadWithoutAChange_ChangesNothing_AndRulesOfCodeStay()
    {
        var client = ClientOf("the default cache", options => options.For("https://h.example.org/b", rule => rule.FreshFor(TimeSpan.FromMinutes(1))));
        await LifetimeAsync(client);
        _configuration.Reload();
        _log.Messages.Should().NotContain(message => message.Contains("reloaded", StringComparison.Ordinal));

        Reload(("FreshFor", "00:10:00"));
        using var other = await client.GetAsync("https://h.example.org/b");
        using var again = await client.GetAsync("https://h.example.org/b");
        again.GetCacheStatus()!.TimeToLive.Should().BeCloseTo(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
    }

    [Fact]
    [Trait("Spec", "RUL-9")]
    public async Task DisposedCache_ListensNoMore()
    {
        var client = ClientOf("the default cache");
        await LifetimeAsync(client);
        await _services!.DisposeAsync();

        Reload(("FreshFor", "00:10:00"));
        _log.Messages.Should().NotContain(message => message.Contains("reloaded", StringComparison.Ordinal));
    }

    private HttpClient ClientOf(string place, Action<HttpCacheOptions>? configure = null)
    {
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(_log).AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        var section = _configuration.GetSection("HttpCaching");
        var client = services.AddHttpClient("c").ConfigurePrimaryHttpMessageHandler(() => _origin);
        switch (place)
        {
            case "the default cache":
                services.AddHttpCaching(section, configure);
                client.AddHttpMessageHandler<CachingHandler>();
                break;

            case "a client's own":
                client.AddHttpCaching(section, configure);
                break;

            default:
                services.ConfigureHttpClientDefaults(builder => builder.AddHttpCaching(section, configure));
                break;
        }

        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<IHttpClientFactory>().CreateClient("c");
    }

    private static async Task<TimeSpan?> LifetimeAsync(HttpClient client)
    {
        using (await client.GetAsync(Uri))
        {
        }

        using var hit = await client.GetAsync(Uri);
        return hit.GetCacheStatus() is { Hit: true, TimeToLive: var left } ? left : null;
    }

    private void Reload(params (string Key, string? Value)[] rule)
    {
        foreach (var (key, value) in rule)
        {
            _configuration["HttpCaching:Rules:0:" + key] = value;
        }

        _configuration.Reload();
    }
}
