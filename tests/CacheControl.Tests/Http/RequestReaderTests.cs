using System.Net.Http.Headers;
using HttpCaching.Http;
using HttpCaching.Model;

namespace HttpCaching.Tests.Http;

public sealed class RequestReaderTests
{
    [Fact]
    [Trait("Spec", "HTC-3")]
    public void Read_SeveralValues_BecomeLinesInOrderByteForByte()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");
        request.Headers.TryAddWithoutValidation("Cache-Control", "max-age=5, max-age=7");
        request.Headers.TryAddWithoutValidation("X-A", "1");
        request.Headers.TryAddWithoutValidation("X-A", "2,3");
        var head = NewHead();

        RequestReader.Read(request, "http://h/", head);

        head.Fields.Lines.ToArray().Should().Equal(
            new FieldLine("Cache-Control", "max-age=5, max-age=7"),
            new FieldLine("X-A", "1"),
            new FieldLine("X-A", "2,3"));
        head.Method.Should().Be("GET");
        head.TargetUri.Should().Be("http://h/");
        head.HasContent.Should().BeFalse();
    }

    [Fact]
    public void Read_TypedHeaders_AreReadAsTheyWillBeSent()
    {
        using var request = new HttpRequestMessage();
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true, MaxAge = TimeSpan.Zero };
        var head = NewHead();

        RequestReader.Read(request, "http://h/", head);

        head.Fields.First("cache-control").Should().Be("no-cache, max-age=0");
    }

    [Fact]
    public void Read_Content_IsNotedWithItsFields()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://h/") { Content = new StringContent("abc") };
        var head = NewHead();

        RequestReader.Read(request, "http://h/", head);

        head.HasContent.Should().BeTrue();
        head.Fields.First("Content-Type").Should().StartWith("text/plain");
        head.Fields.Contains("Content-Length").Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "MTH-4")]
    public void Read_ContentOfLengthZero_CountsAsNone()
    {
        using var empty = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        using var declared = new HttpRequestMessage { Content = new ScriptedContent() };
        declared.Content.Headers.TryAddWithoutValidation("Content-Length", "0");
        using var unknown = new HttpRequestMessage { Content = new ScriptedContent() };

        HasContent(empty).Should().BeFalse();
        HasContent(declared).Should().BeFalse();
        HasContent(unknown).Should().BeTrue();
    }

    [Fact]
    public void Read_HeadUsedAgain_AllocatesNothingAndForgetsTheLast()
    {
        using var full = new HttpRequestMessage(HttpMethod.Get, "http://h/");
        full.Headers.TryAddWithoutValidation("Authorization", "secret");
        full.Headers.TryAddWithoutValidation("X-A", "1");
        using var bare = new HttpRequestMessage(HttpMethod.Get, "http://h/");
        var head = NewHead();
        RequestReader.Read(full, "http://h/", head);
        RequestReader.Read(bare, "http://h/", head);

        head.Fields.Count.Should().Be(0);
        head.Buffer!.Should().OnlyContain(line => line.Value == null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RequestReader.Read(full, "http://h/", head);
        RequestReader.Read(bare, "http://h/", head);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static bool HasContent(HttpRequestMessage request)
    {
        var head = NewHead();
        RequestReader.Read(request, "http://h/", head);
        return head.HasContent;
    }

    private static RequestHead NewHead() => new() { Method = "?", TargetUri = "?", Fields = default };
}
