using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class InvalidationRulesTests
{
    [Theory]
    [InlineData("MTH-3", "a safe method", "GET", "{location https://h/x}", "")]
    [InlineData("INV-1", "success", "PUT", "", "https://h/")]
    [InlineData("INV-1", "an unknown method", "FOO", "", "https://h/")]
    [InlineData("INV-1", "199 is none", "PUT", "{status 199}", "")]
    [InlineData("INV-1", "399 is the last", "PUT", "{status 399}", "https://h/")]
    [InlineData("INV-1", "400 is none", "PUT", "{status 400}", "")]
    [InlineData("INV-5", "an error, after a redirect to another URI", "PUT", "{status 400} {final https://h/x}", "https://h/")]
    [InlineData("INV-5", "an error, after a redirect to another method", "PUT", "{status 400} {final-method GET}", "https://h/")]
    [InlineData("INV-2", "Location of the same origin", "PUT", "{location https://h/x}", "https://h/ https://h/x")]
    [InlineData("INV-2", "Content-Location of the same origin", "PUT", "{content-location https://h/y}", "https://h/ https://h/y")]
    [InlineData("INV-2", "both", "PUT", "{location https://h/x} {content-location https://h/y}", "https://h/ https://h/x https://h/y")]
    [InlineData("INV-2", "both the same", "PUT", "{location https://h/x} {content-location https://h/x}", "https://h/ https://h/x")]
    [InlineData("INV-2", "Location is the target", "PUT", "{location https://h/}", "https://h/")]
    [InlineData("INV-2", "Location of another host", "PUT", "{location https://o/x}", "https://h/")]
    [InlineData("INV-2", "Location of another port", "PUT", "{location https://h:8443/x}", "https://h/")]
    [InlineData("INV-2", "Location of another scheme", "PUT", "{location http://h/x}", "https://h/")]
    [InlineData("SEC-13", "Location counts for the origin that said it", "PUT", "{final https://o/} {location https://o/x}", "https://h/ https://o/x")]
    [InlineData("SEC-13", "Location of the origin that was asked, said by another", "PUT", "{final https://o/} {location https://h/x}", "https://h/")]
    public void After_MethodAndResponse_Uris(string spec, string name, string method, string response, string expected) =>
        string.Join(' ', InvalidationRules.After(Given.Request(method: method), Row.Received(response, method))).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("INV-5", "a safe method", "GET", "")]
    [InlineData("INV-5", "an unsafe one", "PUT", "https://h/")]
    public void AfterFailure_Method_Uris(string spec, string name, string method, string expected) =>
        string.Join(' ', InvalidationRules.AfterFailure(Given.Request(method: method))).Should().Be(expected, $"{spec}: {name}");

    /// <summary>"-" is none.</summary>
    [Theory]
    [InlineData("SEC-8", "no field", "", "-")]
    [InlineData("SEC-8", "the cache", "Clear-Site-Data: \"cache\"", "https://h/")]
    [InlineData("SEC-8", "everything", "Clear-Site-Data: \"*\"", "https://h/")]
    [InlineData("SEC-8", "among others", "Clear-Site-Data: \"cookies\", \"cache\"", "https://h/")]
    [InlineData("SEC-8", "something else", "Clear-Site-Data: \"cookies\"", "-")]
    [InlineData("SEC-8", "a token", "Clear-Site-Data: cache", "-")]
    [InlineData("SEC-8", "over http", "{final http://h/} Clear-Site-Data: \"cache\"", "-")]
    [InlineData("SEC-13", "of the origin that said it", "{final https://o/x} Clear-Site-Data: \"cache\"", "https://o/")]
    public void ClearedOrigin_Response_Origin(string spec, string name, string response, string expected) =>
        (InvalidationRules.ClearedOrigin(Row.Received(response)) ?? "-").Should().Be(expected, $"{spec}: {name}");
}
