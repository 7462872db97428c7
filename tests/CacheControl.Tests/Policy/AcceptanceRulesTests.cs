using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>"-" is no field.</summary>
public sealed class AcceptanceRulesTests
{
    [Theory]
    [InlineData("VAL-4", "neither", "-", "-", true)]
    [InlineData("VAL-4", "no coding is asked for, and one was applied", "-", "gzip", false)]
    [InlineData("VAL-4", "identity was applied", "-", "identity", true)]
    [InlineData("VAL-4", "the coding is asked for", "gzip", "gzip", true)]
    [InlineData("VAL-4", "under its other name", "x-gzip", "GZIP", true)]
    [InlineData("VAL-4", "the other name was applied", "gzip", "x-gzip", true)]
    [InlineData("VAL-4", "another one is asked for", "br", "gzip", false)]
    [InlineData("VAL-4", "it is refused", "gzip;q=0", "gzip", false)]
    [InlineData("VAL-4", "it has the least weight", "gzip;q=0.001", "gzip", true)]
    [InlineData("VAL-4", "a star", "*", "gzip", true)]
    [InlineData("VAL-4", "a star that refuses", "*;q=0", "gzip", false)]
    [InlineData("VAL-4", "a star that refuses all others", "gzip, *;q=0", "gzip", true)]
    [InlineData("VAL-4", "listed twice, the least counts", "gzip, gzip;q=0", "gzip", false)]
    [InlineData("VAL-4", "none was applied, and codings are asked for", "gzip", "-", true)]
    [InlineData("VAL-4", "none was applied, and identity is refused", "gzip, identity;q=0", "-", false)]
    [InlineData("VAL-4", "none was applied, and all but one are refused", "gzip, *;q=0", "-", false)]
    [InlineData("VAL-4", "none was applied, and the list is empty", "", "-", true)]
    [InlineData("VAL-4", "two were applied, and both are asked for", "gzip, br", "br, gzip", true)]
    [InlineData("VAL-4", "two were applied, and one is asked for", "gzip", "br, gzip", false)]
    [InlineData("SEC-10", "sixteen were applied", "*", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", true)]
    [InlineData("SEC-10", "seventeen were applied", "*", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", false)]
    public void AcceptsCoding_AcceptedAndApplied_YesOrNo(string spec, string name, string accepted, string codings, bool expected) =>
        AcceptanceRules.AcceptsCoding(Value(accepted), Value(codings)).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VAL-4", "no language is asked for", "-", "de", true)]
    [InlineData("VAL-4", "none is stated", "en", "-", true)]
    [InlineData("VAL-4", "none is listed", "en", "", true)]
    [InlineData("VAL-4", "the language", "EN", "en", true)]
    [InlineData("VAL-4", "another language", "en", "de", false)]
    [InlineData("VAL-4", "one of two", "en", "de, en", true)]
    [InlineData("VAL-4", "a range that it is in", "en", "en-GB", true)]
    [InlineData("VAL-4", "a range that only begins alike", "en", "eng", false)]
    [InlineData("VAL-4", "a range that says more", "en-GB", "en", true)]
    [InlineData("VAL-4", "a range that only goes on alike", "eng", "en", false)]
    [InlineData("VAL-4", "a range that says more, refused, and all others accepted", "en-GB;q=0, *", "en", true)]
    [InlineData("VAL-4", "a language that is called like a coding", "x-gzip", "x-gzip", true)]
    [InlineData("VAL-4", "a range that says more, refused", "en-GB;q=0", "en", false)]
    [InlineData("VAL-4", "the longest range decides: refused", "en, en-GB;q=0", "en-GB", false)]
    [InlineData("VAL-4", "the longest range decides: accepted", "en;q=0, en-GB", "en-GB", true)]
    [InlineData("VAL-4", "the range itself before those that say more", "en;q=0, en-GB", "en", false)]
    [InlineData("VAL-4", "a star", "de, *", "fr", true)]
    [InlineData("VAL-4", "a star that refuses", "de, *;q=0", "fr", false)]
    [InlineData("VAL-4", "refused twice differently, the least counts", "en, en;q=0", "en", false)]
    [InlineData("SEC-10", "the sixteenth is looked at", "z", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,z", true)]
    [InlineData("SEC-10", "the seventeenth is not", "z", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,z", false)]
    public void AcceptsLanguage_AcceptedAndStated_YesOrNo(string spec, string name, string accepted, string languages, bool expected) =>
        AcceptanceRules.AcceptsLanguage(Value(accepted), Value(languages)).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VAL-4", "no type is asked for", "-", "text/html", true)]
    [InlineData("VAL-4", "none is stated", "text/html", "-", true)]
    [InlineData("VAL-4", "the type", "Text/HTML", "text/html", true)]
    [InlineData("VAL-4", "another type", "text/plain", "text/html", false)]
    [InlineData("VAL-4", "the kind", "text/*", "text/html", true)]
    [InlineData("VAL-4", "another kind", "image/*", "text/html", false)]
    [InlineData("VAL-4", "all", "*/*", "text/html", true)]
    [InlineData("VAL-4", "refused", "text/html;q=0, */*", "text/html", false)]
    [InlineData("VAL-4", "the kind is refused, and the type accepted", "text/*;q=0, text/html", "text/html", true)]
    [InlineData("VAL-4", "all is refused, and the kind accepted", "*/*;q=0, text/*", "text/html", true)]
    [InlineData("VAL-4", "the kind is refused, and all accepted", "*/*, text/*;q=0", "text/html", false)]
    [InlineData("VAL-4", "a parameter that it has", "text/html;level=1", "text/html; level=1", true)]
    [InlineData("VAL-4", "a parameter that it does not have", "text/html;level=2", "text/html;level=1", false)]
    [InlineData("VAL-4", "the one with parameters decides", "text/html, text/html;level=1;q=0", "text/html;level=1", false)]
    [InlineData("VAL-4", "what follows the weight is no parameter", "text/html;q=1;level=2", "text/html", true)]
    [InlineData("SEC-10", "a type with sixteen parameters", "*/*", "a/b;c=1;d=1;e=1;f=1;g=1;h=1;i=1;j=1;k=1;l=1;m=1;n=1;o=1;p=1;r=1;s=1", true)]
    [InlineData("SEC-10", "a type with seventeen parameters", "*/*", "a/b;c=1;d=1;e=1;f=1;g=1;h=1;i=1;j=1;k=1;l=1;m=1;n=1;o=1;p=1;r=1;s=1;t=1", false)]
    [InlineData("VAL-4", "a kind that only begins alike", "text/*", "textual/html", false)]
    [InlineData("VAL-4", "the first of equals decides", "text/html, text/html;q=0", "text/html", true)]
    public void AcceptsType_AcceptedAndStated_YesOrNo(string spec, string name, string accepted, string type, bool expected) =>
        AcceptanceRules.AcceptsType(Value(accepted), Value(type)).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("VAL-4", "all three", "Accept-Encoding: br | Accept-Language: en | Accept: text/*", "Content-Encoding: br | Content-Language: en | Content-Type: text/html", true)]
    [InlineData("VAL-4", "not the coding", "Accept-Encoding: gzip | Accept-Language: en | Accept: text/*", "Content-Encoding: br | Content-Language: en | Content-Type: text/html", false)]
    [InlineData("VAL-4", "not the language", "Accept-Encoding: br | Accept-Language: de | Accept: text/*", "Content-Encoding: br | Content-Language: en | Content-Type: text/html", false)]
    [InlineData("VAL-4", "not the type", "Accept-Encoding: br | Accept-Language: en | Accept: image/*", "Content-Encoding: br | Content-Language: en | Content-Type: text/html", false)]
    public void Accepts_RequestAndStored_YesOrNo(string spec, string name, string request, string stored, bool expected) =>
        AcceptanceRules.Accepts(Given.Fields(request), Given.Fields(stored)).Should().Be(expected, $"{spec}: {name}");

    private static string? Value(string cell) => cell == "-" ? null : cell;
}
