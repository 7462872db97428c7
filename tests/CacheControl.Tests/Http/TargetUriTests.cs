using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

public sealed class TargetUriTests
{
    [Theory]
    [Trait("Spec", "KEY-1")]
    [Trait("Spec", "KEY-2")]
    [InlineData("http://example.com:80/~smith/home.html", "http://example.com/~smith/home.html")]
    [InlineData("http://EXAMPLE.com/%7Esmith/home.html", "http://example.com/~smith/home.html")]
    [InlineData("http://EXAMPLE.com:/%7esmith/home.html", "http://example.com/~smith/home.html")]
    [InlineData("HTTP://h", "http://h/")]
    [InlineData("https://h:443/a", "https://h/a")]
    [InlineData("https://h:80/a", "https://h:80/a")]
    [InlineData("http://h/a#x", "http://h/a")]
    [InlineData("http://h/a?q=1#x%2f", "http://h/a?q=1")]
    [InlineData("http://h/a%2fb", "http://h/a%2Fb")]
    [InlineData("http://h/a%2Fb", "http://h/a%2Fb")]
    [InlineData("http://h/?q=%c3%a9%41", "http://h/?q=%C3%A9A")]
    [InlineData("http://h/?q=é", "http://h/?q=%C3%A9")]
    [InlineData("http://bücher.example/", "http://xn--bcher-kva.example/")]
    [InlineData("http://[::1]:8080/a", "http://[::1]:8080/a")]
    [InlineData("http://h/%", "http://h/%25")]
    public void Normalize_Spellings_GiveOneKey(string uri, string expected) =>
        TargetUri.Normalize(new Uri(uri), null).Should().Be(expected);

    [Fact]
    [Trait("Spec", "KEY-4")]
    public void Normalize_AddressesInDifferentZones_GiveDifferentKeys() =>
        new[] { "http://[fe80::1]/a", "http://[fe80::1%251]/a", "http://[fe80::1%252]/a", "http://[fe80::1%252]:81/a" }
            .Select(uri => TargetUri.Normalize(new Uri(uri), null)).Should().OnlyHaveUniqueItems().And.NotContainNulls();

    [Theory]
    [Trait("Spec", "KEY-3")]
    [InlineData("http://h/?")]
    [InlineData("http://h/a?b=2&a=1")]
    [InlineData("http://h/A?Q=a&&b")]
    [InlineData("http://h/a//b/")]
    public void Normalize_PathAndQuery_AreLeftAlone(string uri) => TargetUri.Normalize(new Uri(uri), null).Should().Be(uri);

    [Theory]
    [Trait("Spec", "KEY-4")]
    [InlineData("http://h/a", "b", "http://b/a")]
    [InlineData("http://h/a", "B:8080", "http://b:8080/a")]
    [InlineData("https://h/a", "b:443", "https://b/a")]
    [InlineData("http://h:81/a#f", "h:81", "http://h:81/a")]
    [InlineData("http://h/a", "h", "http://h/a")]
    [InlineData("http://h/a", "hh", "http://hh/a")]
    public void Normalize_HostField_IsTheAuthority(string uri, string host, string expected) =>
        TargetUri.Normalize(new Uri(uri), host).Should().Be(expected);

    [Theory]
    [Trait("Spec", "KEY-4")]
    [InlineData("b/c")]
    [InlineData("u@b")]
    [InlineData("")]
    [InlineData("b c")]
    [InlineData("b?x")]
    public void Normalize_HostFieldThatIsNoAuthority_GivesNoKey(string host) =>
        TargetUri.Normalize(new Uri("http://h/a"), host).Should().BeNull();

    [Theory]
    [Trait("Spec", "KEY-5")]
    [InlineData("http://u:p@h/a", "http://h/a")]
    [InlineData("http://h/a@b", "http://h/a@b")]
    [InlineData("http://u@h:8080/%41?x=@", "http://h:8080/A?x=@")]
    public void Normalize_Userinfo_IsLeftOut(string uri, string expected) =>
        TargetUri.Normalize(new Uri(uri), null).Should().Be(expected);

    [Fact]
    [Trait("Spec", "MTH-5")]
    public void Normalize_NotAbsoluteHttp_GivesNoKey()
    {
        TargetUri.Normalize(new Uri("/a", UriKind.Relative), null).Should().BeNull();
        TargetUri.Normalize(new Uri("ftp://h/a"), null).Should().BeNull();
        TargetUri.Normalize(new Uri("file:///a"), null).Should().BeNull();
    }

    [Fact]
    public void Normalize_UncanonicalisedUriWithNumberSign_GivesNoKey()
    {
        var uri = new Uri("http://h/a#b", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        TargetUri.Normalize(uri, null).Should().BeNull();
    }

    /// <summary>The way without a parse gives what the parse would have given, for whatever looks normal.</summary>
    [Theory]
    [InlineData("http://h/")]
    [InlineData("https://h.example/a/b?c=d&e=/./x")]
    [InlineData("http://h./")]
    [InlineData("http://h/a/../b")]
    [InlineData("http://h/a/./b")]
    [InlineData("http://h/a//b")]
    [InlineData("http://h/.hidden")]
    [InlineData("http://h/a...")]
    [InlineData("http://h?x")]
    [InlineData("http://h")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://a.1/")]
    [InlineData("http://xn--mnchen-3ya.example/")]
    [InlineData("http://xn--a/")]
    [InlineData("http://-a/")]
    [InlineData("http://H/")]
    [InlineData("HTTP://h/")]
    [InlineData("http://h:80/")]
    [InlineData("http://u@h/")]
    [InlineData("http://h/@x")]
    [InlineData("http://h/%41")]
    [InlineData("http://h/a;b=c,d:e!$'()*+~_-.")]
    [InlineData("http://h/a#b")]
    [InlineData(" http://h/ ")]
    public void Normalize_FromTextOrFromParsedUri_IsTheSame(string text)
    {
        var parsed = new Uri(text.Trim().Replace("http", "HTTP", StringComparison.Ordinal));

        TargetUri.Normalize(new Uri(text), null).Should().Be(TargetUri.Normalize(parsed, null));
    }

    [Fact]
    public void Normalize_AnyTextOfTrickyCharacters_IsTheSameAsFromItsParsedForm()
    {
        const string Tricky = "ab01.-/?:;=&%#@~_!'()[]\\ AZ";
        var random = new Random(9110);
        var seen = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var length = random.Next(1, 14);
            var text = "http://" + string.Create(length, random, static (span, r) =>
            {
                foreach (ref var c in span)
                {
                    c = Tricky[r.Next(Tricky.Length)];
                }
            });
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            {
                continue;
            }

            // "HTTP" keeps the second from being taken as it stands.
            var parsed = new Uri("HTTP" + text[4..]);
            var (quick, careful) = (TargetUri.Normalize(uri, null), TargetUri.Normalize(parsed, null));
            if (quick != careful)
            {
                quick.Should().Be(careful, text);
            }

            seen++;
        }

        seen.Should().BeGreaterThan(1000);
    }

    [Theory]
    [InlineData("http://h/a/b?c=d")]
    [InlineData("http://h/a%20b")]
    public void Normalize_NothingToChange_ReturnsTheUrisOwnTextWithoutAllocation(string text)
    {
        var uri = new Uri(text);
        _ = TargetUri.Normalize(uri, null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var normalized = TargetUri.Normalize(uri, null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        normalized.Should().Be(uri.AbsoluteUri);
        allocated.Should().BeLessThan(100);
    }
}
