using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching.Tests.Control;

public sealed class KeyMakerTests
{
    private static readonly KeySettings Default = new() { HashKey = new(new byte[32]) };

    [Theory]
    [InlineData("KEY-1", "http://h/a#x", "http://h/a", true)]
    [InlineData("KEY-1", "http://h/a", "https://h/a", false)]
    [InlineData("KEY-1", "http://h/a", "http://i/a", false)]
    [InlineData("KEY-1", "http://h/a", "http://h:8080/a", false)]
    [InlineData("KEY-1", "http://h/a", "http://h/b", false)]
    [InlineData("KEY-1", "http://h/a", "http://h/a?", false)]
    [InlineData("KEY-2", "http://example.com:80/~smith/home.html", "http://EXAMPLE.com/%7Esmith/home.html", true)]
    [InlineData("KEY-2", "http://example.com:80/~smith/home.html", "HTTP://EXAMPLE.com:/%7esmith/home.html", true)]
    [InlineData("KEY-2", "http://h/%2f", "http://h/%2F", true)]
    [InlineData("KEY-2", "http://h/%2F", "http://h//", false)]
    [InlineData("KEY-2", "http://h", "http://h/", true)]
    [InlineData("KEY-3", "http://h/?a=1&b=2", "http://h/?b=2&a=1", false)]
    [InlineData("KEY-3", "http://h/A", "http://h/a", false)]
    [InlineData("KEY-3", "http://h/?A", "http://h/?a", false)]
    [InlineData("KEY-3", "http://h/?", "http://h/", false)]
    [InlineData("KEY-3", "http://h/a//b", "http://h/a/b", false)]
    public void For_TwoUris_SameKeyOrNot(string spec, string one, string other, bool same) =>
        (KeyOf(Get(one)) == KeyOf(Get(other))).Should().Be(same, spec);

    [Fact]
    [Trait("Spec", "KEY-4")]
    public void For_HostField_TakesTheUrisPlace()
    {
        KeyOf(Get("http://h/", ("Host", "a"))).Should().NotBe(KeyOf(Get("http://h/", ("Host", "b"))));
        KeyOf(Get("http://h/", ("Host", "a"))).Uri.Should().Be("http://a/");
        KeyOf(Get("http://h/", ("Host", "h"))).Should().Be(KeyOf(Get("http://h/")));
        KeyOf(Get("http://h/", ("Host", "H:80"))).Should().Be(KeyOf(Get("http://h/")));
    }

    [Fact]
    [Trait("Spec", "SEC-13")]
    public void For_HostOfAnotherAuthority_IsApartForEachAuthority()
    {
        var key = KeyOf(Get("http://h/", ("Host", "a")));

        key.Should().NotBe(KeyOf(Get("http://a/")));
        key.Should().NotBe(KeyOf(Get("http://i/", ("Host", "a"))));
        key.Should().NotBe(KeyOf(Get("http://h:81/", ("Host", "a"))));
        key.Should().Be(KeyOf(Get("http://H:80/", ("Host", "a"))));
    }

    [Fact]
    [Trait("Spec", "KEY-5")]
    public void For_UserInfo_IsHiddenAndApart()
    {
        var secret = KeyOf(Get("http://u:pass@h/"));

        secret.Uri.Should().Be("http://h/");
        secret.ToString().Should().NotContain("pass");
        secret.Should().NotBe(KeyOf(Get("http://h/")));
        secret.Should().NotBe(KeyOf(Get("http://u:other@h/")));
        secret.Should().Be(KeyOf(Get("http://u:pass@h/")));
    }

    [Theory]
    [InlineData("AUT-3", false, false, true)]
    [InlineData("AUT-3", true, false, false)]
    [InlineData("AUT-1", false, true, false)]
    public void For_TwoBearerTokens_ApartInPrivateCacheOfMany(string spec, bool isSingleUser, bool isShared, bool apart)
    {
        var settings = Default with { SingleUser = isSingleUser, IsShared = isShared };

        (KeyOf(Get("http://h/", ("Authorization", "Bearer a")), settings) != KeyOf(Get("http://h/", ("Authorization", "Bearer b")), settings))
            .Should().Be(apart, spec);
        KeyOf(Get("http://h/", ("Authorization", "Bearer a")), settings).ToString().Should().NotContain("Bearer a", spec);
    }

    [Fact]
    [Trait("Spec", "AUT-3")]
    public void For_PartitionSelector_TakesTheCredentialsPlace()
    {
        var settings = Default with { PartitionSelector = request => request.Headers.Authorization?.Scheme };

        KeyOf(Get("http://h/", ("Authorization", "Bearer a")), settings).Should().Be(KeyOf(Get("http://h/", ("Authorization", "Bearer b")), settings));
        KeyOf(Get("http://h/", ("Authorization", "Bearer a")), settings).Should().NotBe(KeyOf(Get("http://h/", ("Authorization", "Basic a")), settings));
    }

    [Fact]
    [Trait("Spec", "AUT-7")]
    public void For_ClientNames_Apart() =>
        KeyOf(Get("http://h/"), Default with { Name = "certificate a" }).Should().NotBe(KeyOf(Get("http://h/"), Default with { Name = "certificate b" }));

    [Fact]
    [Trait("Spec", "KEY-8")]
    public void For_KeyMaterialAndFields_AddToTheKey()
    {
        var settings = Default with { Fields = ["Origin"], Material = request => request.Headers.TryGetValues("X-Tenant", out var v) ? v.First() : null };

        CacheKey[] keys =
        [
            KeyOf(Get("http://h/"), settings),
            KeyOf(Get("http://h/", ("Origin", string.Empty)), settings),
            KeyOf(Get("http://h/", ("Origin", "http://a")), settings),
            KeyOf(Get("http://h/", ("Origin", "http://b")), settings),
            KeyOf(Get("http://h/", ("X-Tenant", "a")), settings),
            KeyOf(Get("http://h/", ("X-Tenant", "b")), settings),
            KeyOf(Get("http://h/b", ("X-Tenant", "b")), settings),
        ];

        keys.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    [Trait("Spec", "KEY-7")]
    public void For_PartsOfDifferentSplit_Apart()
    {
        CacheKey Key(string partition, string material) => KeyOf(
            Get("http://h/"), Default with { PartitionSelector = _ => partition, Material = _ => material });

        Key("a", "bc").Should().NotBe(Key("ab", "c"));
        Key("am2:bc", "d").Should().NotBe(Key("a", "bcm1:d"));
    }

    private static CacheKey KeyOf(HttpRequestMessage request, KeySettings? settings = null)
    {
        var head = new RequestHead { Method = string.Empty, TargetUri = string.Empty, Fields = HttpFields.Empty };
        var maker = new KeyMaker(settings ?? Default, new UserRuleFaults(NullLogger.Instance));
        RequestReader.Read(request, maker.TargetUriOf(request)!, head);
        maker.TryFor(request, head, RequestSettings.Of(request), KeyRule.None, out var key).Should().BeTrue();
        return key;
    }

    private static HttpRequestMessage Get(string uri, params (string Name, string Value)[] fields) => CacheFixture.Request("GET", uri, fields);
}
