using Microsoft.Extensions.Options;

namespace HttpCaching.Tests.Settings;

/// <summary>Wrong options are refused when the cache is made: all at once, each by its path, its value and what to change.</summary>
public sealed class ValidationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static TheoryData<string, string> Wrong => new()
    {
        { "Limits.MaximumUriLength", "Limits.MaximumUriLength is -7; set it to 1 or more." },
        { "Limits.MaximumQueryContent", "Limits.MaximumQueryContent is 2147483648; set it to 2147483647 at most." },
        { "Freshness.LifetimeJitter", "Freshness.LifetimeJitter is 1.5; set it to between 0 and 1." },
        { "Stale.Retention", "Stale.Retention is -00:00:01; set it to zero or more, and to TimeSpan.MaxValue for no limit." },
        { "Store.Timeout", "Store.Timeout is 00:00:00; set it to more than zero and at most 24 days." },
        { "SoftTimeout", "SoftTimeout is 25.00:00:00; set it to zero or more and at most 24 days, or to null to wait as long as it takes." },
        { "Keys.Fields", "Keys.Fields contains 'a b', which is no field name; use letters, digits and hyphens." },
        { "Keys.HashKey", "Keys.HashKey has 3 bytes; give it 16 or more random bytes." },
        { "Kind", "Kind is 7; use Private or Shared." },
        { "CacheStatusName", "CacheStatusName is 'ü', which is empty or has characters outside printable ASCII; give it a short plain name, or null for no field." },
    };

    public static TheoryData<string, string> Contradictions => new()
    {
        { nameof(HttpCacheOptions.SingleUser), "PartitionSelector" },
        { nameof(HttpCacheOptions.SingleUser), "Kind" },
        { nameof(HttpCacheOptions.Heuristic), "DefaultFreshnessLifetime" },
        { nameof(HttpCacheOptions.DefaultFreshnessLifetime), "Freshness.MaximumLifetime" },
        { "Freshness.MaximumErrorLifetime", "Freshness.MaximumLifetime" },
        { nameof(HttpCacheOptions.StaleWhileRevalidate), "Limits.MaximumBackgroundValidations" },
        { "Freshness.EagerRefreshAfter", "Limits.MaximumBackgroundValidations" },
        { "Collapsing.Flights", "CollapseRequests" },
        { "Collapsing.MaximumFlightWait", "Collapsing.MaximumWait" },
        { "Extensions.TargetedFields", "Kind" },
        { "Extensions.InvalidateGroupMates", "Extensions.CacheGroups" },
        { "Extensions.CacheStatusIncludesKey", "CacheStatusName" },
        { "Stale.WithSharedMaxAge", "Kind" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Cache_WrongOption_IsRefusedByPathAndValue(string path, string message)
    {
        var options = new HttpCacheOptions();
        Spoil(options, path);

        ErrorsOf(options).Should().Equal(message);
    }

    [Fact]
    public void Cache_ManyWrongOptions_AreAllTold()
    {
        var options = new HttpCacheOptions();
        foreach (var path in Wrong.Select(row => (string)row[0]))
        {
            Spoil(options, path);
        }

        ErrorsOf(options).Should().BeEquivalentTo(Wrong.Select(row => (string)row[1]));
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Cache_OptionsContradictEachOther_AreRefusedByBothPaths(string one, string other)
    {
        var options = new HttpCacheOptions();
        Contradict(options, one, other);

        ErrorsOf(options).Should().ContainSingle().Which.Should().Contain(one).And.Contain(other).And.MatchRegex("; (set|lower|keep|give)|, so set");
    }

    [Fact]
    public void Cache_Defaults_AreRight() => ErrorsOf(new HttpCacheOptions()).Should().BeEmpty();

    private static IEnumerable<string> ErrorsOf(HttpCacheOptions options)
    {
        try
        {
            new HttpCache(null, options).Dispose();
            return [];
        }
        catch (OptionsValidationException refusal)
        {
            return refusal.Failures;
        }
    }

    private static void Spoil(HttpCacheOptions options, string path)
    {
        switch (path)
        {
            case "Keys.Fields":
                options.Keys.Fields.Add("a b");
                break;
            default:
                OptionPath.Of(path).Set(options, path switch
                {
                    "Limits.MaximumUriLength" => -7,
                    "Limits.MaximumQueryContent" => 1L << 31,
                    "Freshness.LifetimeJitter" => 1.5,
                    "Stale.Retention" => -Second,
                    "Store.Timeout" => TimeSpan.Zero,
                    "SoftTimeout" => TimeSpan.FromDays(25),
                    "Keys.HashKey" => new byte[3],
                    "Kind" => (CacheKind)7,
                    "CacheStatusName" => "ü",
                    _ => throw new ArgumentException(path),
                });
                break;
        }
    }

    private static void Contradict(HttpCacheOptions options, string one, string other)
    {
        switch (one)
        {
            case "SingleUser" when other == "Kind":
                (options.SingleUser, options.Kind) = (true, CacheKind.Shared);
                break;
            case "SingleUser":
                (options.SingleUser, options.PartitionSelector) = (true, _ => "x");
                break;
            case "Heuristic":
                (options.Heuristic, options.DefaultFreshnessLifetime) = (FreshnessHeuristics.ExpiresAfter(Second), Second);
                break;
            case "DefaultFreshnessLifetime":
                (options.DefaultFreshnessLifetime, options.Freshness.MaximumLifetime) = (Second * 2, Second);
                break;
            case "Freshness.MaximumErrorLifetime":
                (options.Freshness.MaximumErrorLifetime, options.Freshness.MaximumLifetime) = (Second * 2, Second);
                break;
            case "StaleWhileRevalidate":
                (options.StaleWhileRevalidate, options.Limits.MaximumBackgroundValidations) = (Second, 0);
                break;
            case "Freshness.EagerRefreshAfter":
                (options.Freshness.EagerRefreshAfter, options.Limits.MaximumBackgroundValidations) = (0.9, 0);
                break;
            case "Collapsing.Flights":
                (options.Collapsing.Flights, options.CollapseRequests) = (new NoFlights(), false);
                break;
            case "Collapsing.MaximumFlightWait":
                (options.Collapsing.Flights, options.Collapsing.MaximumFlightWait) = (new NoFlights(), options.Collapsing.MaximumWait);
                break;
            case "Extensions.TargetedFields":
                options.Extensions.TargetedFields.Add("CDN-Cache-Control");
                break;
            case "Extensions.QueryNormalizers":
                options.Extensions.QueryNormalizers["application/json"] = QueryNormalization.Json;
                break;
            case "Extensions.InvalidateGroupMates":
                (options.Extensions.InvalidateGroupMates, options.Extensions.CacheGroups) = (true, false);
                break;
            case "Extensions.CacheStatusIncludesKey":
                options.Extensions.CacheStatusIncludesKey = true;
                break;
            case "Stale.WithSharedMaxAge":
                options.Stale.WithSharedMaxAge = true;
                break;
        }
    }

    private sealed class NoFlights : IHttpCacheFlights
    {
        public ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
