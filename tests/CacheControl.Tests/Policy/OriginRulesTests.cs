using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class OriginRulesTests
{
    [Theory]
    [InlineData("SEC-13", "a path", "https://h/x/y", "https://h")]
    [InlineData("SEC-13", "the root", "https://h/", "https://h")]
    [InlineData("SEC-13", "a port", "http://h:8080/x", "http://h:8080")]
    [InlineData("SEC-13", "an address", "http://[::1]:8080/x", "http://[::1]:8080")]
    [InlineData("SEC-13", "no path", "https://h", "https://h")]
    [InlineData("SEC-13", "another URI in the query", "https://h/?u=http://o/", "https://h")]
    [InlineData("SEC-13", "no authority", "h/x", "h/x")]
    [InlineData("SEC-13", "no authority, and a longer path", "host/x/y", "host/x/y")]
    [InlineData("SEC-13", "an empty scheme", "://h/x", "://h")]
    [InlineData("SEC-13", "an empty authority", "file:///x", "file://")]
    public void OriginOf_Uri_Beginning(string spec, string name, string uri, string expected) =>
        OriginRules.OriginOf(uri).Should().Be(expected, $"{spec}: {name}");
}
