using System.Net;
using HttpCaching.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Settings;

/// <summary>Options from configuration: each by its path, and everything that is wrong told when the host starts.</summary>
public sealed class ConfigurationTests
{
    private const string Secret = "not-base64-but-secret";

    /// <summary>Options that take objects.</summary>
    private static readonly string[] InCode = ["PartitionSelector", "Heuristic", "Collapsing.Flights", "Store.StatusFilter", "Keys.Material", "Extensions.QueryNormalizers"];

    public static TheoryData<string> Paths => [.. OptionPath.All.Select(o => o.ToString())];

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Limits:MaximumUriLenght", "1000", "Http:Limits:MaximumUriLenght is not an option of the cache. The nearest is Limits:MaximumUriLength; correct the key or remove it." },
        { "StaleIfErrors", "01:00:00", "Http:StaleIfErrors is not an option of the cache. The nearest is StaleIfError; correct the key or remove it." },
        { "MaximumUriLength", "1000", "Http:MaximumUriLength is not an option of the cache. The nearest is Limits:MaximumUriLength; correct the key or remove it." },
        { "StoreTimeout", "00:00:01", "Http:StoreTimeout is not an option of the cache. The nearest is Store:Timeout; correct the key or remove it." },
        { "Stale:MaximumLifetime", "00:00:01", "Http:Stale:MaximumLifetime is not an option of the cache. The nearest is Freshness:MaximumLifetime; correct the key or remove it." },
        { "Limit:MaximumUriLength", "1000", "Http:Limit is not an option of the cache. The nearest is Limits; correct the key or remove it." },
        { "SingleUser", "yes", "Http:SingleUser is 'yes'; set it to true or false." },
        { "Store:Timeout", "2", "Http:Store:Timeout is '2'; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week." },
        { "Store:Timeout", "24:00:00", "Http:Store:Timeout is '24:00:00'; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week." },
        { "Store:Timeout", "", "Http:Store:Timeout is ''; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week." },
        { "SoftTimeout", "soon", "Http:SoftTimeout is 'soon'; set it to a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week, or null." },
        { "Limits:MaximumUriLength", "8 KiB", "Http:Limits:MaximumUriLength is '8 KiB'; set it to a whole number up to 2147483647." },
        { "Limits:MaximumUriLength", "99999999999", "Http:Limits:MaximumUriLength is '99999999999'; set it to a whole number up to 2147483647." },
        { "Limits:MaximumUriLength:Bytes", "1", "Http:Limits:MaximumUriLength is a section with the key Http:Limits:MaximumUriLength:Bytes; set it to a whole number up to 2147483647." },
        { "Freshness:HeuristicFraction", "0,1", "Http:Freshness:HeuristicFraction is '0,1'; set it to a number such as 0.1." },
        { "Kind", "Public", "Http:Kind is 'Public'; set it to Private or Shared." },
        { "Kind", "1", "Http:Kind is '1'; set it to Private or Shared." },
        { "AutomaticDecompression", "Zip", "Http:AutomaticDecompression is 'Zip'; set it to None or GZip or Deflate or Brotli or All, or null." },
        { "Keys:Fields", "Origin", "Http:Keys:Fields is 'Origin'; set it to a list of texts." },
        { "Keys:HashKey", Secret, "Http:Keys:HashKey is set to something else; set it to bytes in base64." },
        { "Limits", "small", "Http:Limits is 'small', but Limits is a group of options; give it keys below, such as Http:Limits:MaximumFieldLength." },
        { "Store:StatusFilter", "200", "Http:Store:StatusFilter takes an object, which configuration can't give; set Store.StatusFilter in code." },
        { "Limits:MaximumUriLength", "0", "Limits.MaximumUriLength is 0; set it to 1 or more." },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Option_HasItsKey(string path)
    {
        var row = OptionTable.Rows().Should().ContainSingle(r => r.Path.Replace(':', '.') == path).Which;

        (row.Expected is null).Should().Be(InCode.Contains(path), "only code can give an object");
    }

    [Fact]
    public void Keys_AreThoseOfOptions() =>
        OptionTable.Rows().Select(r => r.Path.Replace(':', '.')).Should().Equal(OptionPath.All.Select(o => o.ToString()));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Option_IsReadFromItsKey(string path)
    {
        var option = OptionPath.Of(path);
        if (InCode.Contains(path))
        {
            return;
        }

        var (text, expected) = Sample(Nullable.GetUnderlyingType(option.Option.PropertyType) ?? option.Option.PropertyType, option.ValueIn(new HttpCacheOptions()));
        var key = path.Replace('.', ':').ToLowerInvariant() + (text is null ? ":0" : string.Empty);

        var options = Read((key, text ?? "X-One"));

        options.ConfigurationErrors.Should().BeEmpty();
        option.ValueIn(options).Should().BeEquivalentTo(expected);
        foreach (var other in OptionPath.All.Where(o => o.ToString() != path))
        {
            other.ValueIn(options).Should().BeEquivalentTo(other.ValueIn(new HttpCacheOptions()), other.ToString());
        }
    }

    [Theory]
    [InlineData("SoftTimeout")]
    [InlineData("DefaultFreshnessLifetime")]
    [InlineData("MaximumRedirects")]
    [InlineData("AutomaticDecompression")]
    [InlineData("Store:KeepIncompleteAbove")]
    [InlineData("CacheStatusName")]
    [InlineData("Keys:HashKey")]
    public void Option_ThatMayBeNull_IsNullByNullAndByNothing(string key)
    {
        foreach (var nothing in new[] { null, string.Empty })
        {
            var options = Read((key, nothing));

            options.ConfigurationErrors.Should().BeEmpty();
            OptionPath.Of(key.Replace(':', '.')).ValueIn(options).Should().BeNull();
        }
    }

    [Fact]
    public void List_FromJson_TakesThePlaceOfTheDefault()
    {
        static HttpCacheOptions OfJson(string json) => Read(new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build());

        OfJson("""{ "Keys": { "FieldsAddedBelow": [] } }""").Keys.FieldsAddedBelow.Should().BeEmpty();
        OfJson("""{ "Keys": { "FieldsAddedBelow": ["X-B", "X-A"] } }""").Keys.FieldsAddedBelow.Should().Equal("X-B", "X-A");
        OfJson("""{ "SingleUser": true, "Limits": { "MaximumUriLength": 2000 }, "SoftTimeout": null }""").ConfigurationErrors.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Host_WrongKeyOrValue_IsRefusedAtStart(string key, string value, string error)
    {
        foreach (var client in new[] { false, true })
        {
            var refusal = StartWith(client, (key, value));

            refusal.Failures.Should().Equal(error);
        }
    }

    [Fact]
    public void Host_ManyErrors_AreAllTold()
    {
        var refusal = StartWith(client: false, ("StaleIfEror", "01:00:00"), ("Limits:MaximumUriLength", "big"), ("Freshness:LifetimeJitter", "2"), ("Extensions:TargetedFields:0", "CDN-Cache-Control"));

        refusal.Failures.Should().HaveCount(4);
        refusal.Message.Should().Contain("Http:StaleIfEror").And.Contain("Http:Limits:MaximumUriLength").And.Contain("Freshness.LifetimeJitter").And.Contain("Extensions.TargetedFields");
    }

    [Fact]
    public void Host_SecretOfAnotherKind_IsNotShown() =>
        StartWith(client: false, ("Keys:HashKey", Secret)).Message.Should().NotContain(Secret);

    [Fact]
    public void Section_WithAValue_IsRefused() =>
        Read(Configured(("", "on")).GetSection("Http")).ConfigurationErrors.Should().Equal("Http is 'on'; give it keys below, one for each option.");

    [Fact]
    public async Task AddHttpCaching_Configuration_ComesBeforeCode()
    {
        var services = new ServiceCollection();
        services.AddHttpCaching(Configured(("StaleIfError", "01:00:00"), ("SingleUser", "true")).GetSection("Http"), o => o.SingleUser = false);
        services.AddHttpClient("api").AddHttpCaching(Configured(("StaleIfError", "02:00:00")).GetSection("Http"), o => o.StaleIfError *= 2);
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<HttpCacheOptions>>();

        (options.CurrentValue.StaleIfError, options.CurrentValue.SingleUser).Should().Be((TimeSpan.FromHours(1), false));
        options.Get("api").StaleIfError.Should().Be(TimeSpan.FromHours(4));
    }

    [Fact]
    public void Client_WithoutAHost_IsRefusedWhenItIsMade()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddHttpCaching(Configured(("StaleIfEror", "01:00:00")).GetSection("Http"));
        using var provider = services.BuildServiceProvider();

        var make = () => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        make.Should().Throw<OptionsValidationException>().WithMessage("*StaleIfEror*");
    }

    private static OptionsValidationException StartWith(bool client, params (string Key, string? Value)[] values)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var section = Configured(values).GetSection("Http");
        if (client)
        {
            builder.Services.AddHttpClient("api").AddHttpCaching(section);
        }
        else
        {
            builder.Services.AddHttpCaching(section);
        }

        using var host = builder.Build();
        var start = () => host.Start();
        return start.Should().Throw<OptionsValidationException>().Which;
    }

    private static HttpCacheOptions Read(params (string Key, string? Value)[] values) => Read(Configured(values).GetSection("Http"));

    private static HttpCacheOptions Read(IConfiguration configuration)
    {
        var options = new HttpCacheOptions();
        new ConfigurationReader(options).Read(configuration);
        return options;
    }

    private static IConfigurationRoot Configured(params (string Key, string? Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key.Length == 0 ? "Http" : $"Http:{v.Key}", v.Value)))
        .Build();

    /// <summary>A value of a kind that is not the default, as text and as it is read; null for a list's text.</summary>
    private static (string? Text, object Value) Sample(Type kind, object? standing) => kind switch
    {
        _ when kind == typeof(bool) => standing is true ? ("False", false) : ("True", true),
        _ when kind == typeof(TimeSpan) => ("1.02:03:04.5", new TimeSpan(1, 2, 3, 4, 500)),
        _ when kind == typeof(int) => ("77", 77),
        _ when kind == typeof(long) => ("77000000000", 77_000_000_000),
        _ when kind == typeof(double) => ("0.75", 0.75),
        _ when kind == typeof(string) => ("text", "text"),
        _ when kind == typeof(byte[]) => ("AQID", new byte[] { 1, 2, 3 }),
        _ when kind == typeof(CacheKind) => ("shared", CacheKind.Shared),
        _ when kind == typeof(DecompressionMethods) => ("GZip, Brotli", DecompressionMethods.GZip | DecompressionMethods.Brotli),
        _ when kind == typeof(IList<string>) => (null, new[] { "X-One" }),
        _ => throw new NotSupportedException(kind.Name),
    };
}
