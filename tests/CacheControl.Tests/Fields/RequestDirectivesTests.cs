using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class RequestDirectivesTests
{
    [Theory]
    [InlineData("CCP-2", "max-age=60", 60L)]
    [InlineData("CCP-2", ",, MaX-aGe=60 ,", 60L)]
    [InlineData("CCP-4", "max-age=\"60\"", 60L)]
    [InlineData("CCP-6", "max-age", 0L)]
    [InlineData("CCP-6", "max-age=", 0L)]
    [InlineData("CCP-6", "max-age=-1", 0L)]
    [InlineData("CCP-6", "max-age=60a", 0L)]
    [InlineData("CCP-7", "max-age=99999999999", 2147483648L)]
    [InlineData("CCP-8", "max-age = 60", 0L)]
    [InlineData("CCP-9", "max-age=60, max-age=60", 60L)]
    [InlineData("CCP-9", "max-age=60\nmax-age=61", 0L)]
    [InlineData("CCP-10", "max-age=\"60", 0L)]
    [InlineData("CCP-11", "foo=bar, s-maxage=60", null)]
    public void Parse_MaxAge_SecondsOrZero(string spec, string lines, long? expected) =>
        RequestDirectives.Parse(Lines.Of("Cache-Control", lines)).MaxAge.Should().Be(Seconds(expected), spec);

    [Theory]
    [InlineData("CCP-2", "max-stale=10", 10L)]
    [InlineData("CCP-4", "max-stale=\"10\"", 10L)]
    [InlineData("CCP-6", "max-stale=x", null)]
    [InlineData("CCP-6", "max-stale=", null)]
    [InlineData("CCP-8", "max-stale =10", null)]
    [InlineData("CCP-9", "max-stale, max-stale=10", 10L)]
    [InlineData("CCP-9", "max-stale=10, max-stale", 10L)]
    [InlineData("CCP-9", "max-stale=10, max-stale=5", 5L)]
    public void Parse_MaxStale_SmallestOrNone(string spec, string lines, long? expected) =>
        RequestDirectives.Parse(Lines.Of("Cache-Control", lines)).MaxStale.Should().Be(Seconds(expected), spec);

    [Theory]
    [InlineData("CCP-2", "max-stale")]
    [InlineData("CCP-2", "foo, Max-Stale , bar")]
    public void Parse_MaxStaleWithoutValue_Unlimited(string spec, string lines) =>
        RequestDirectives.Parse(Lines.Of("Cache-Control", lines)).MaxStale.Should().Be(TimeSpan.MaxValue, spec);

    [Theory]
    [InlineData("CCP-2", "min-fresh=10, stale-if-error=20", 10L, 20L)]
    [InlineData("CCP-6", "min-fresh=-1, stale-if-error=x", null, null)]
    [InlineData("CCP-9", "min-fresh=10, min-fresh=5, stale-if-error=20, stale-if-error=7", 10L, 7L)]
    public void Parse_MinFreshAndStaleIfError_MostRestrictive(string spec, string lines, long? minFresh, long? staleIfError)
    {
        var directives = RequestDirectives.Parse(Lines.Of("Cache-Control", lines));

        directives.MinFresh.Should().Be(Seconds(minFresh), spec);
        directives.StaleIfError.Should().Be(Seconds(staleIfError), spec);
    }

    [Theory]
    [InlineData("CCP-2", "no-store", "S---")]
    [InlineData("CCP-2", "NO-CACHE , only-if-cached\nno-transform", "-COT")]
    [InlineData("CCP-3", "foo=\"no-store, no-cache\"", "----")]
    [InlineData("CCP-3", "foo=\"a\\\", no-store\"", "----")]
    [InlineData("CCP-5", "no-store=\"x\", no-cache=1, only-if-cached=yes", "SCO-")]
    [InlineData("CCP-8", "no-store = x, no-cache =y", "SC--")]
    [InlineData("CCP-11", "private, must-revalidate, nothing-to-see-here", "----")]
    public void Parse_Flags_ActWithoutRegardToArguments(string spec, string lines, string expected)
    {
        var directives = RequestDirectives.Parse(Lines.Of("Cache-Control", lines));

        var flags = new[]
        {
            directives.NoStore ? 'S' : '-', directives.NoCache ? 'C' : '-', directives.OnlyIfCached ? 'O' : '-', directives.NoTransform ? 'T' : '-',
        };
        new string(flags).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("CCP-12", null, "no-cache", true)]
    [InlineData("CCP-12", null, "No-Cache", true)]
    [InlineData("CCP-12", null, "foo\nno-cache", true)]
    [InlineData("CCP-12", null, "foo", false)]
    [InlineData("CCP-12", null, "no-store", false)]
    [InlineData("CCP-12", "max-age=60", "no-cache", false)]
    [InlineData("CCP-12", "", "no-cache", false)]
    public void Parse_Pragma_OnlyWithoutCacheControl(string spec, string? cacheControl, string pragma, bool expected)
    {
        var fields = Lines.Of("Cache-Control", cacheControl).And("Pragma", pragma);

        RequestDirectives.Parse(fields).NoCache.Should().Be(expected, spec);
    }

    [Fact]
    public void Parse_NoCacheControl_DoesNotAllocate()
    {
        var fields = Lines.Of("Accept", "text/html");
        RequestDirectives.Parse(fields);
        var before = GC.GetAllocatedBytesForCurrentThread();

        RequestDirectives.Parse(fields);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Parse_AnyText_NeverThrowsNorNegative() =>
        Texts.CacheControl.Sample(text =>
        {
            var directives = RequestDirectives.Parse(Lines.Of("Cache-Control", text));
            return !(directives.MaxAge < TimeSpan.Zero || directives.MaxStale < TimeSpan.Zero
                || directives.MinFresh < TimeSpan.Zero || directives.StaleIfError < TimeSpan.Zero);
        });

    private static TimeSpan? Seconds(long? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
