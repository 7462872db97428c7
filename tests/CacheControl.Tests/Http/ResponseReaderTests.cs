using System.Net;
using HttpCaching.Http;
using HttpCaching.Model;

namespace HttpCaching.Tests.Http;

public sealed class ResponseReaderTests
{
    [Fact]
    [Trait("Spec", "VLD-9")]
    [Trait("Spec", "FLD-4")]
    public void Read_HeaderAndContentFields_AreOneListOfRawLines()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.NotFound) { Version = HttpVersion.Version20, Content = new ByteArrayContent([]) };
        response.Headers.TryAddWithoutValidation("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
        response.Headers.TryAddWithoutValidation("Set-Cookie", "b=2");
        response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=abc, no-store");
        response.Content.Headers.TryAddWithoutValidation("Expires", "0");
        response.Content.Headers.TryAddWithoutValidation("Last-Modified", "yesterday");

        var head = Read(response);

        head.Fields.Lines.ToArray().Should().Equal(
            new FieldLine("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT"),
            new FieldLine("Set-Cookie", "b=2"),
            new FieldLine("Cache-Control", "max-age=abc, no-store"),
            new FieldLine("Expires", "0"),
            new FieldLine("Last-Modified", "yesterday"));
        head.StatusCode.Should().Be(404);
        head.ReasonPhrase.Should().Be("Not Found");
        head.HttpVersion.Should().Be(HttpVersion.Version20);
    }

    [Theory]
    [Trait("Spec", "HTC-15")]
    [InlineData(null, null)]
    [InlineData("3", 3L)]
    [InlineData("0", 0L)]
    [InlineData("-3", null)]
    [InlineData("+3", null)]
    [InlineData("3, 3", null)]
    [InlineData("99999999999999999999", null)]
    public void Read_ContentLength_IsTheWiresOrNone(string? line, long? expected)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([1, 2, 3]) };
        if (line is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Length", line);
        }

        Read(response).WireContentLength.Should().Be(expected);
        response.Content.Headers.NonValidated.Contains("Content-Length").Should().Be(line is not null);
    }

    [Fact]
    [Trait("Spec", "HTC-4")]
    public void Read_RedirectedBelow_TellsFinalMethodAndUri()
    {
        using var final = new HttpRequestMessage(HttpMethod.Get, "http://OTHER/b%7e#f");
        using var response = new HttpResponseMessage { RequestMessage = final, Content = new ByteArrayContent([]) };

        var head = ResponseReader.Read(response, "POST", "http://h/a", default);

        head.FinalMethod.Should().Be("GET");
        head.FinalUri.Should().Be("http://other/b~");
    }

    [Fact]
    public void Read_NoRequestMessage_TakesWhatWasCaptured()
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };

        var head = ResponseReader.Read(response, "GET", "http://h/a", Make.Fields("Accept: x"));

        head.FinalMethod.Should().Be("GET");
        head.FinalUri.Should().Be("http://h/a");
        head.FieldsChangedBelow.Should().BeEmpty();
        head.CredentialsAddedBelow.Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "KEY-4")]
    public void Read_HostField_IsPartOfTheFinalUri()
    {
        using var final = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        final.Headers.Host = "b";
        using var response = new HttpResponseMessage { RequestMessage = final, Content = new ByteArrayContent([]) };

        ResponseReader.Read(response, "GET", "http://b/a", Make.Fields("Host: b")).FinalUri.Should().Be("http://b/a");
    }

    [Theory]
    [Trait("Spec", "HTC-5")]
    [InlineData("", "gzip", "", true)]
    [InlineData("identity", "identity, gzip", "", true)]
    [InlineData("gzip", "gzip", "", false)]
    [InlineData("", "gzip", "Content-Length: 3", false)]
    [InlineData("", "gzip", "Content-Encoding: br", false)]
    public void Read_AcceptEncodingGrewAndLengthIsGone_IsDecoded(string sent, string final, string line, bool expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", final);
        using var response = new HttpResponseMessage { RequestMessage = request, Content = new ScriptedContent() };
        if (line.Length > 0)
        {
            response.Content.Headers.TryAddWithoutValidation(line.Split(": ")[0], line.Split(": ")[1]);
        }

        var fields = sent.Length == 0 ? HttpFields.Empty : Make.Fields("Accept-Encoding: " + sent);

        ResponseReader.Read(response, "GET", "http://h/a", fields).IsDecoded.Should().Be(expected);
    }

    [Fact]
    [Trait("Spec", "AUT-2")]
    [Trait("Spec", "AUT-6")]
    public void Read_FieldsAddedChangedOrRemovedBelow_AreNamed()
    {
        using var final = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        final.Headers.TryAddWithoutValidation("Authorization", "Basic x");
        final.Headers.TryAddWithoutValidation("Accept", "b");
        final.Headers.TryAddWithoutValidation("Same", ["1", "2"]);
        using var response = new HttpResponseMessage { RequestMessage = final, Content = new ByteArrayContent([]) };

        var head = ResponseReader.Read(response, "GET", "http://h/a", Make.Fields("Accept: a", "Gone: 1", "Same: 1", "same: 2"));

        head.FieldsChangedBelow.Should().BeEquivalentTo("Authorization", "Accept", "Gone");
        head.CredentialsAddedBelow.Should().BeTrue();
    }

    [Theory]
    [InlineData("Bearer", true)]
    [InlineData("Bearer token", false)]
    [Trait("Spec", "AUT-2")]
    public void Read_AuthorizationReplacedBelow_IsAddedThere(string sent, bool isAdded)
    {
        using var final = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        final.Headers.TryAddWithoutValidation("Authorization", "Bearer token");
        using var response = new HttpResponseMessage { RequestMessage = final, Content = new ByteArrayContent([]) };

        ResponseReader.Read(response, "GET", "http://h/a", Make.Fields($"Authorization: {sent}")).CredentialsAddedBelow.Should().Be(isAdded);
    }

    [Fact]
    public void Read_FieldsParsedBelow_AreNotChanges()
    {
        using var final = new HttpRequestMessage(HttpMethod.Get, "http://h/a");
        final.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip,br;q=0.5");
        final.Headers.TryAddWithoutValidation("User-Agent", "A/1 (b)");
        _ = final.Headers.AcceptEncoding.Count + final.Headers.UserAgent.Count;
        using var response = new HttpResponseMessage { RequestMessage = final, Content = new ByteArrayContent([]) };

        var head = ResponseReader.Read(response, "GET", "http://h/a", Make.Fields("Accept-Encoding: gzip,br;q=0.5", "User-Agent: A/1 (b)"));

        head.FieldsChangedBelow.Should().BeEmpty();
    }

    private static ResponseHead Read(HttpResponseMessage response) => ResponseReader.Read(response, "GET", "http://h/", default);
}
