using System.Net;
using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

public sealed class RequestWriterTests
{
    [Fact]
    [Trait("Spec", "HTC-11")]
    public void Clone_Request_CarriesEverythingRaw()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a#f")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("Cache-Control", "max-age=abc,no-store");
        request.Headers.TryAddWithoutValidation("X-A", ["1", "2"]);
        request.Options.Set(new HttpRequestOptionsKey<int>("n"), 5);

        using var clone = RequestWriter.Clone(request, default);

        clone.Should().NotBeSameAs(request);
        clone.RequestUri.Should().BeSameAs(request.RequestUri);
        clone.Version.Should().Be(HttpVersion.Version20);
        clone.VersionPolicy.Should().Be(HttpVersionPolicy.RequestVersionExact);
        clone.Headers.Raw("Cache-Control").Should().Be("max-age=abc,no-store");
        clone.Headers.Raw("X-A").Should().Be("1 | 2");
        clone.Options.TryGetValue(new HttpRequestOptionsKey<int>("n"), out var n).Should().BeTrue();
        n.Should().Be(5);
    }

    [Fact]
    [Trait("Spec", "HTC-10")]
    [Trait("Spec", "VAL-1")]
    public void Clone_ReplacedAndRemovedFields_ChangeTheCloneOnly()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        request.Headers.TryAddWithoutValidation("if-none-match", "\"x\"");
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-1");

        using var clone = RequestWriter.Clone(request, Make.Fields("If-None-Match: W/\"y\", \"x\""), ["range"]);

        clone.Headers.Raw("If-None-Match").Should().Be("W/\"y\", \"x\"");
        clone.Headers.Raw("Range").Should().BeNull();
        request.Headers.Raw("If-None-Match").Should().Be("\"x\"");
        request.Headers.Raw("Range").Should().Be("bytes=0-1");
    }

    [Fact]
    [Trait("Spec", "HTC-10")]
    public async Task Clone_Disposed_LeavesTheCallersContentAlone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://h/a") { Content = new StringContent("abc") };

        var clone = RequestWriter.Clone(request, default);
        clone.Content.Should().BeSameAs(request.Content);
        clone.Dispose();

        (await request.Content.ReadAsStringAsync()).Should().Be("abc");
    }
}
