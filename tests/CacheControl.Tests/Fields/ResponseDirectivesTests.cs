using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Tests.Fields;

public class ResponseDirectivesTests
{
    [Theory]
    [InlineData("CCP-1", "no-store, max-age=99999999999", 2147483648L)]
    [InlineData("CCP-2", ",, MaX-aGe=60 ,", 60L)]
    [InlineData("CCP-2", "public\n\tmax-age=60\t,\t,foo", 60L)]
    [InlineData("CCP-3", "extension=\"max-age=1\", max-age=60", 60L)]
    [InlineData("CCP-3", "extension=\"a\\\", max-age=1\", max-age=60", 60L)]
    [InlineData("CCP-3", "max-age=60, extension=\"max-age=1\"", 60L)]
    [InlineData("CCP-4", "max-age=\"60\"", 60L)]
    [InlineData("CCP-4", "max-age=\"6\\0\"", 60L)]
    [InlineData("CCP-6", "max-age=-1", 0L)]
    [InlineData("CCP-6", "max-age=+5", 0L)]
    [InlineData("CCP-6", "max-age=3.5", 0L)]
    [InlineData("CCP-6", "max-age=a60", 0L)]
    [InlineData("CCP-6", "max-age=60a", 0L)]
    [InlineData("CCP-6", "max-age='60'", 0L)]
    [InlineData("CCP-6", "max-age=", 0L)]
    [InlineData("CCP-6", "max-age=\"\"", 0L)]
    [InlineData("CCP-6", "max-age=\" 60\"", 0L)]
    [InlineData("CCP-6", "max-age", 0L)]
    [InlineData("CCP-6", "max-age=60 a", 0L)]
    [InlineData("CCP-6", "max-age=\"60\"a", 0L)]
    [InlineData("CCP-7", "max-age=00060", 60L)]
    [InlineData("CCP-7", "max-age=2147483647", 2147483647L)]
    [InlineData("CCP-7", "max-age=2147483649", 2147483648L)]
    [InlineData("CCP-7", "max-age=9999999999999999999999999999999999999999", 2147483648L)]
    [InlineData("CCP-8", "max-age= 60", 0L)]
    [InlineData("CCP-8", "max-age =60", 0L)]
    [InlineData("CCP-8", "max-age = 60", 0L)]
    [InlineData("CCP-9", "max-age=60, max-age=60", 60L)]
    [InlineData("CCP-9", "max-age=60, max-age=\"60\"\nmax-age=060", 60L)]
    [InlineData("CCP-9", "max-age=60, max-age=3600", 0L)]
    [InlineData("CCP-9", "max-age=3600\nmax-age=60", 0L)]
    [InlineData("CCP-9", "max-age=60, max-age=60a", 0L)]
    [InlineData("CCP-11", "max-agex=60, xmax-age=60, max_age=60", null)]
    [InlineData("CCP-11", "min-fresh=60, max-stale=60", null)]
    [InlineData("CCP-11", "x, @bad, =5, max-age=60", 60L)]
    public void Parse_MaxAge_SecondsOrZero(string spec, string lines, long? expected) =>
        Parse(lines).MaxAge.Should().Be(Seconds(expected), spec);

    [Theory]
    [InlineData("CCP-4", "s-maxage=\"60\", stale-while-revalidate=\"5\", stale-if-error=\"7\"", 60L, 5L, 7L)]
    [InlineData("CCP-6", "s-maxage=x, stale-while-revalidate=x, stale-if-error=-1", 0L, null, null)]
    [InlineData("CCP-6", "s-maxage, stale-while-revalidate, stale-if-error=", 0L, null, null)]
    [InlineData("CCP-7", "s-maxage=99999999999, stale-while-revalidate=99999999999", 2147483648L, 2147483648L, null)]
    [InlineData("CCP-8", "s-maxage =60, stale-while-revalidate= 5, stale-if-error = 7", 0L, null, null)]
    [InlineData("CCP-9", "s-maxage=60, s-maxage=61, stale-while-revalidate=5, stale-while-revalidate=4, stale-if-error=7, stale-if-error=7", 0L, 4L, 7L)]
    public void Parse_OtherDurations_MostRestrictive(string spec, string lines, long? shared, long? whileRevalidate, long? ifError)
    {
        var directives = Parse(lines);

        directives.SMaxAge.Should().Be(Seconds(shared), spec);
        directives.StaleWhileRevalidate.Should().Be(Seconds(whileRevalidate), spec);
        directives.StaleIfError.Should().Be(Seconds(ifError), spec);
    }

    [Theory]
    [InlineData("CCP-1", "no-store, max-age=abc, pub@lic", "no-store")]
    [InlineData("CCP-2", "PUBLIC,, No-Store\nMust-Revalidate", "no-store public must-revalidate")]
    [InlineData("CCP-3", "foo=\"no-store\", bar=\"private, no-cache\"", "")]
    [InlineData("CCP-5", "no-store=\"x\"", "no-store")]
    [InlineData("CCP-5", "no-store=1, must-revalidate=x, proxy-revalidate=\"\", no-transform=0", "no-store must-revalidate proxy-revalidate no-transform")]
    [InlineData("CCP-5", "public=x, immutable=\"y\", must-understand=z", "")]
    [InlineData("CCP-5", "no-cache=, private=@", "no-cache private")]
    [InlineData("CCP-5", "no-store foo", "no-store")]
    [InlineData("CCP-8", "no-store = x, no-cache =\"a\", private= \"a\", must-revalidate =1", "no-store no-cache private must-revalidate")]
    [InlineData("CCP-8", "public = x, immutable =1, must-understand foo", "")]
    [InlineData("CCP-9", "public, private", "private public")]
    [InlineData("CCP-11", "only-if-cached, nothing-to-see-here, no-storex, xno-store", "")]
    public void Parse_Flags_AsNamed(string spec, string lines, string expected) => Flags(Parse(lines)).Should().Be(expected, spec);

    [Theory]
    [InlineData("FLD-6", "no-cache=\"a, b\"", "", "a|b", "")]
    [InlineData("FLD-6", "no-cache=a", "", "a", "")]
    [InlineData("FLD-6", "private=\"Set-Cookie\"", "", "", "Set-Cookie")]
    [InlineData("FLD-6", "private=a, no-cache=\"B,,b, c\"\nno-cache=\"C\"", "", "B|c", "a")]
    [InlineData("FLD-6", "no-cache=\"a\", no-cache", "no-cache", "a", "")]
    [InlineData("FLD-6", "private, private=\"a\"", "private", "", "a")]
    [InlineData("CCP-3", "no-cache=\"\\a\"", "", "a", "")]
    [InlineData("CCP-5", "no-cache=\"\", private=\" , \"", "no-cache private", "", "")]
    [InlineData("CCP-5", "no-cache=\"a b\"", "no-cache", "", "")]
    [InlineData("CCP-10", "no-cache=\"a, max-age=60", "no-cache", "", "")]
    [InlineData("FLD-6", "private=\"Content-Encoding, a\"", "private", "", "a")]
    [InlineData("FLD-6", "no-cache=vary, private=\"cache-control\"", "no-cache private", "", "")]
    [InlineData("FLD-6", "no-cache=\"a, content-range\"", "no-cache", "a", "")]
    public void Parse_Qualified_Names(string spec, string lines, string flags, string noCache, string @private)
    {
        var directives = Parse(lines);

        Flags(directives).Should().Be(flags, spec);
        string.Join('|', directives.NoCacheFields).Should().Be(noCache, spec);
        string.Join('|', directives.PrivateFields).Should().Be(@private, spec);
    }

    [Theory]
    [InlineData("CCP-10", "no-cache=\"a, max-age=60", true, "no-cache")]
    [InlineData("CCP-10", "no-store, foo=\"a, max-age=60", true, "no-store")]
    [InlineData("CCP-10", "foo=\"a\nno-store", true, "no-store")]
    [InlineData("CCP-10", "foo=\"a\\\"", true, "")]
    [InlineData("CCP-10", "foo=\"a\\", true, "")]
    [InlineData("CCP-10", "a b \"c, max-age=60", true, "")]
    [InlineData("CCP-10", "foo=\"a\", \"b\", no-store", false, "no-store")]
    [InlineData("CCP-10", "max-age=60a, foo=", false, "")]
    public void Parse_UnterminatedQuote_Malformed(string spec, string lines, bool expected, string flags)
    {
        var directives = Parse(lines);

        directives.IsMalformed.Should().Be(expected, spec);
        Flags(directives).Should().Be(flags, spec);
    }

    [Theory]
    [InlineData("CCP-12", null, null, false, false)]
    [InlineData("CCP-12", null, "no-cache", false, true)]
    [InlineData("CCP-12", null, "foo, NO-CACHE", false, true)]
    [InlineData("CCP-12", null, "foo", false, false)]
    [InlineData("CCP-12", "public", "no-cache", true, false)]
    [InlineData("CCP-12", "", "no-cache", true, false)]
    public void Parse_Pragma_OnlyWithoutCacheControl(string spec, string? cacheControl, string? pragma, bool isPresent, bool pragmaNoCache)
    {
        var directives = ResponseDirectives.Parse(Lines.Of("cache-control", cacheControl).And("PRAGMA", pragma));

        directives.IsPresent.Should().Be(isPresent, spec);
        directives.PragmaNoCache.Should().Be(pragmaNoCache, spec);
        directives.NoCache.Should().BeFalse(spec);
    }

    [Fact]
    public void Parse_NoField_None() => ResponseDirectives.Parse(HttpFields.Empty).Should().BeSameAs(ResponseDirectives.None);

    [Theory]
    [InlineData("TGT-4", "max-age=60, must-revalidate, private", "private must-revalidate", 60L)]
    [InlineData("TGT-4", "no-store, no-cache=?1, public=?0", "no-store no-cache", null)]
    [InlineData("SF-1", "max-age=60, max-age=30", "", 30L)]
    [InlineData("CCP-7", "max-age=999999999999999", "", 2147483648L)]
    [InlineData("TGT-5", "max-age=60;foo=bar, unknown=\"x\"", "", 60L)]
    [InlineData("TGT-5", "", "", null)]
    public void FromTargeted_RightTypes_Directives(string spec, string text, string flags, long? maxAge)
    {
        StructuredParser.TryParseDictionary(text, out var dictionary).Should().BeTrue(spec);

        var directives = ResponseDirectives.FromTargeted(dictionary);

        Flags(directives!).Should().Be(flags, spec);
        directives!.MaxAge.Should().Be(Seconds(maxAge), spec);
        directives.IsPresent.Should().BeTrue();
    }

    [Theory]
    [InlineData("TGT-4", "max-age=\"60\"")]
    [InlineData("TGT-4", "max-age=1.5")]
    [InlineData("TGT-4", "max-age=-1")]
    [InlineData("TGT-4", "max-age")]
    [InlineData("TGT-4", "max-age=(60)")]
    [InlineData("TGT-4", "no-store=1")]
    [InlineData("TGT-4", "no-cache=\"a\"")]
    [InlineData("TGT-4", "private=()")]
    [InlineData("TGT-4", "max-age=60, must-revalidate=yes")]
    [InlineData("TGT-4", "s-maxage=x")]
    [InlineData("TGT-4", "stale-if-error=?1")]
    [InlineData("TGT-4", "stale-while-revalidate=1.0")]
    public void FromTargeted_WrongType_Null(string spec, string text)
    {
        StructuredParser.TryParseDictionary(text, out var dictionary).Should().BeTrue(spec);

        ResponseDirectives.FromTargeted(dictionary).Should().BeNull(spec);
    }

    [Theory]
    [InlineData("EXP-11", "tr-TR")]
    [InlineData("EXP-11", "th-TH")]
    public void Parse_OtherCulture_SameResult(string spec, string culture) => Cultures.Run(culture, () =>
    {
        var directives = Parse("PRIVATE, MAX-AGE=60, IMMUTABLE");

        Flags(directives).Should().Be("private immutable", spec);
        directives.MaxAge.Should().Be(TimeSpan.FromSeconds(60), spec);
    });

    [Fact]
    public void Parse_AnyText_NeverThrowsNorNegative() =>
        Texts.CacheControl.Sample(text =>
        {
            var directives = Parse(text);
            return !(directives.MaxAge < TimeSpan.Zero || directives.SMaxAge < TimeSpan.Zero
                || directives.StaleWhileRevalidate < TimeSpan.Zero || directives.StaleIfError < TimeSpan.Zero);
        });

    [Fact]
    public void Parse_NoStoreAmongOtherMembers_NeverLost() =>
        Gen.Select(Gen.OneOf("a", "max-age=\"x\"", "max-age=99999999999", "b@d", "=", "x=\"no-cache\"", "y z", "").List[0, 5], Gen.Int[0, 5])
            .Sample((members, position) =>
            {
                members.Insert(Math.Min(position, members.Count), "no-store");
                return Parse(string.Join(',', members)).NoStore;
            });

    private static ResponseDirectives Parse(string lines) => ResponseDirectives.Parse(Lines.Of("Cache-Control", lines));

    private static TimeSpan? Seconds(long? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static string Flags(ResponseDirectives d)
    {
        (bool IsSet, string Name)[] flags =
        [
            (d.NoStore, "no-store"), (d.NoCache, "no-cache"), (d.Private, "private"), (d.Public, "public"),
            (d.MustRevalidate, "must-revalidate"), (d.ProxyRevalidate, "proxy-revalidate"),
            (d.MustUnderstand, "must-understand"), (d.NoTransform, "no-transform"), (d.Immutable, "immutable"),
        ];
        return string.Join(' ', flags.Where(flag => flag.IsSet).Select(flag => flag.Name));
    }
}
