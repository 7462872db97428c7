using CsCheck;
using HttpCaching.Fields;

namespace HttpCaching.Tests.Fields;

public class SelectingValueTests
{
    [Theory]
    [InlineData("VRY-3", "Foo", null, null)]
    [InlineData("VRY-3", "Foo", "", "")]
    [InlineData("VRY-3", "Accept-Encoding", null, null)]
    [InlineData("VRY-3", "Accept-Encoding", "", "")]
    [InlineData("VRY-3", "Accept-Language", " ,", "")]
    [InlineData("VRY-4", "Foo", "1\n2", "1,2")]
    [InlineData("VRY-4", "Foo", " 1 ,\t2,3 ", "1,2,3")]
    [InlineData("VRY-4", "Foo", "\"a , b\" , c", "\"a , b\",c")]
    [InlineData("VRY-4", "Foo", "a,,b", "a,,b")]
    [InlineData("VRY-4", "Foo", "A b, C", "A b,C")]
    [InlineData("VRY-5", "accept-LANGUAGE", "en-US, DE;q=0.50", "en-us,de;q=0.5")]
    [InlineData("VRY-5", "Accept-Language", "en;q=1, de;Q=1.000, fr; q=0.000", "en,de,fr;q=0")]
    [InlineData("VRY-5", "Accept-Language", "fr, en", "fr,en")]
    [InlineData("VRY-5", "Accept-Language", "en;q=2, de;q=, fr;q=0.1234", "en;q=2,de;q=,fr;q=0.1234")]
    [InlineData("VRY-5", "Accept", "Text/HTML;Level=1;q=1.0, */*;q=0.10", "text/html;level=1,*/*;q=0.1")]
    [InlineData("VRY-5", "Accept", "text/html;profile=\"A, B;c\";q=0.5", "text/html;profile=\"A, B;c\";q=0.5")]
    [InlineData("VRY-5", "Accept", "text/html;q=1;ext=x", "text/html;q=1;ext=x")]
    [InlineData("VRY-5", "Accept", "b/b, a/a", "b/b,a/a")]
    [InlineData("VRY-6", "Accept-Encoding", "br, gzip", "br,gzip")]
    [InlineData("VRY-6", "Accept-Encoding", "gzip,br", "br,gzip")]
    [InlineData("VRY-6", "Accept-Encoding", "X-GZIP\nx-compress, gzip", "compress,gzip")]
    [InlineData("VRY-6", "Accept-Encoding", "gzip;q=0, identity, *;q=0.0", "*;q=0,gzip;q=0,identity")]
    [InlineData("VRY-6", "Accept-Encoding", "gzip;q=0, gzip", "gzip;q=0,gzip")]
    [InlineData("VRY-6", "Accept-Encoding", "gzip, gzip;q=0", "gzip,gzip;q=0")]
    public void Normalize_Value_Canonical(string spec, string name, string? lines, string? expected) =>
        SelectingValue.Normalize(name, Lines.Of(name, lines), languageOrderSignificant: true).Should().Be(expected, spec);

    [Theory]
    [InlineData("VRY-5", "fr, en", "en, fr", true)]
    [InlineData("VRY-5", "en;q=0.5, de", "DE, en;q=0.500", true)]
    [InlineData("VRY-5", "en;q=0.5, de", "en, de;q=0.5", false)]
    public void Normalize_LanguageOrderInsignificant_Sorted(string spec, string left, string right, bool equal) =>
        (Language(left) == Language(right)).Should().Be(equal, spec);

    [Theory]
    [InlineData("VRY-6", "gzip", "gzip;q=0")]
    [InlineData("VRY-6", "gzip, \"b", "\"b, gzip")]
    [InlineData("VRY-6", "gzipk", "gzip\u212A")]
    [InlineData("VRY-6", "gzip", "gzip, identity")]
    [InlineData("VRY-6", "gzip", "gzip, *")]
    [InlineData("VRY-6", "gzip;q=0.5, br", "gzip, br;q=0.5")]
    [InlineData("VRY-6", "", "identity")]
    public void Normalize_DifferentEncodings_StayDifferent(string spec, string left, string right) =>
        Encoding(left).Should().NotBe(Encoding(right), spec);

    [Theory]
    [InlineData("VRY-4", "Foo", "a,b")]
    [InlineData("VRY-5", "Accept", "text/html,*/*")]
    [InlineData("VRY-5", "Accept-Language", "en-us,de")]
    [InlineData("VRY-6", "Accept-Encoding", "br,gzip")]
    public void Normalize_AlreadyNormal_SameInstance(string spec, string name, string value) =>
        SelectingValue.Normalize(name, Lines.Of(name, value), languageOrderSignificant: true).Should().BeSameAs(value, spec);

    [Theory]
    [InlineData("EXP-11", "tr-TR")]
    [InlineData("EXP-11", "th-TH")]
    public void Normalize_OtherCulture_SameResult(string spec, string culture) => Cultures.Run(culture, () =>
    {
        Encoding("GZIP;q=0.50, IDENTITY").Should().Be("gzip;q=0.5,identity", spec);
        Language("FI, IT;q=0.5").Should().Be("fi,it;q=0.5", spec);
    });

    [Fact]
    public void Normalize_AnyText_NeverThrowsAndIsStable() =>
        Gen.Select(Texts.List, Gen.OneOf("Accept", "Accept-Encoding", "Accept-Language", "Foo"), Gen.Bool).Sample((text, name, isSignificant) =>
        {
            var once = SelectingValue.Normalize(name, Lines.Of(name, text), isSignificant);
            return SelectingValue.Normalize(name, Lines.Of(name, once), isSignificant) == once;
        });

    [Fact]
    public void Normalize_ShuffledEncodings_Same() =>
        Gen.Shuffle(new[] { "gzip", "br;q=0.5", "*;q=0", "identity", "X-Compress" }).Sample(codings =>
            Encoding(string.Join(" ,", codings)) == "*;q=0,br;q=0.5,compress,gzip,identity");

    private static string? Language(string value) =>
        SelectingValue.Normalize("Accept-Language", Lines.Of("Accept-Language", value), languageOrderSignificant: false);

    private static string? Encoding(string value) =>
        SelectingValue.Normalize("Accept-Encoding", Lines.Of("Accept-Encoding", value), languageOrderSignificant: true);
}
