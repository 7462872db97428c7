using System.Net;
using System.Net.Http.Headers;
using HttpCaching.Fields;
using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

public sealed class ResponseWriterTests
{
    private static readonly string[] Lines =
    [
        "Date: Thu, 01 Jan 2026 00:00:00 GMT",
        "Cache-Control: max-age=60, x=\"y\"",
        "ETag: \"a\"",
        "Vary: Accept",
        "Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
        "Set-Cookie: b=2",
        "Content-Foo: 1",
        "Content-Digest: sha-256=:x:",
        "Repr-Digest: sha-256=:x:",
        "Content-Type: text/plain",
        "Content-Location: /b",
        "Content-Length: 10",
        "Last-Modified: Wed, 31 Dec 2025 00:00:00 GMT",
        "Expires: Thu, 01 Jan 2026 00:01:00 GMT",
        "Allow: GET",
    ];

    [Fact]
    [Trait("Spec", "HTC-14")]
    [Trait("Spec", "BLD-4")]
    public void FromStored_Fields_StandWhereTheWireWouldPutThem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/");
        using var response = ResponseWriter.FromStored(Make.Stored(404, 10, Lines), request, new EmptyContent(), TimeSpan.FromSeconds(7.9));

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.ReasonPhrase.Should().Be("Fine");
        response.Version.Should().Be(HttpVersion.Version20);
        response.RequestMessage.Should().BeSameAs(request);
        Names(response.Headers).Should().Equal(
            "Date", "Cache-Control", "ETag", "Vary", "Set-Cookie", "Content-Foo", "Content-Digest", "Repr-Digest", "Age");
        Names(response.Content.Headers).Should().Equal("Content-Type", "Content-Location", "Last-Modified", "Expires", "Allow", "Content-Length");
        response.Headers.Raw("Set-Cookie").Should().Be("a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT | b=2");
        response.Headers.Raw("Cache-Control").Should().Be("max-age=60, x=\"y\"");
        response.Headers.Raw("Age").Should().Be("7");
    }

    [Fact]
    [Trait("Spec", "BLD-4")]
    public void FromStored_OneHitChanged_LeavesTheNextAsItIs()
    {
        var stored = Make.Stored(200, 10, Lines);
        using var request = new HttpRequestMessage();
        using (var first = ResponseWriter.FromStored(stored, request, new EmptyContent(), null))
        {
            first.Headers.CacheControl!.MaxAge = TimeSpan.Zero;
            first.Content.Headers.ContentType!.CharSet = "x";
            first.Headers.Remove("ETag");
        }

        using var second = ResponseWriter.FromStored(stored, request, new EmptyContent(), null);

        second.Headers.Raw("Cache-Control").Should().Be("max-age=60, x=\"y\"");
        second.Content.Headers.Raw("Content-Type").Should().Be("text/plain");
        second.Headers.Raw("ETag").Should().Be("\"a\"");
    }

    [Theory]
    [Trait("Spec", "BLD-2")]
    [InlineData(-5.0, "0")]
    [InlineData(0.0, "0")]
    [InlineData(59.99, "59")]
    [InlineData(3e9, "3000000000")]
    [InlineData(null, null)]
    public void FromStored_Age_IsInWholeSeconds(double? seconds, string? expected)
    {
        using var request = new HttpRequestMessage();
        TimeSpan? age = seconds is { } value ? TimeSpan.FromSeconds(value) : null;
        using var response = ResponseWriter.FromStored(Make.Stored(200, 0, "Age: 500"), request, new EmptyContent(), age);

        response.Headers.Raw("Age").Should().Be(expected);
    }

    [Fact]
    [Trait("Spec", "BLD-2")]
    public void FromStored_SameResponseLater_ShowsTheLaterAge()
    {
        var stored = Make.Stored(200, 0);
        using var request = new HttpRequestMessage();

        AgeAt(1).Should().Be("1");
        AgeAt(2).Should().Be("2");
        AgeAt(1).Should().Be("1");

        string? AgeAt(int seconds)
        {
            using var response = ResponseWriter.FromStored(stored, request, new EmptyContent(), TimeSpan.FromSeconds(seconds));
            return response.Headers.Raw("Age");
        }
    }

    [Theory]
    [Trait("Spec", "BLD-5")]
    [InlineData("GET", "10", 10, "10")]
    [InlineData("GET", "11", 10, null)]
    [InlineData("GET", "x", 10, null)]
    [InlineData("HEAD", "11", 0, "11")]
    public void FromStored_ContentLength_OnlyIfItIsTheBodys(string method, string line, long length, string? expected)
    {
        using var request = new HttpRequestMessage();
        var stored = Make.Stored(method, 200, length, "Content-Length: " + line);
        using var response = ResponseWriter.FromStored(stored, request, new EmptyContent(), null);

        response.Content.Headers.Raw("Content-Length").Should().Be(expected);
    }

    [Fact]
    public void FromStored_FirstAndLaterUse_TheSameMessage()
    {
        using var request = new HttpRequestMessage();
        foreach (var phrase in new[] { null, "OK", "Fine", string.Empty })
        {
            var stored = new StoredResponse
            {
                Method = "GET",
                TargetUri = "https://example.org/",
                StatusCode = 200,
                ReasonPhrase = phrase,
                HttpVersion = new Version(2, 0),
                Fields = new HttpFields(
                [
                    new("X-One", "1"), new("content-length", "10"), new("Content-Type", "text/plain"), new("age", "7"), new("X-One", "2"), new("Last-Modified", "yesterday"),
                    new("Expires", "0"), new("Allow", "GET"), new("Host", "a"), new("Set-Cookie", "a=1"), new("ETag", "unquoted"), new("Content-Type", "text/html"), new("X-Empty", string.Empty),
                ]),
                Times = default,
                BodyLength = 10,
                Variant = "GET",
                Rank = 1,
                Generation = 1,
                BodyId = 1,
            };
            using var first = ResponseWriter.FromStored(stored, request, new EmptyContent(), TimeSpan.FromSeconds(-3));
            using var second = ResponseWriter.FromStored(stored, request, new EmptyContent(), TimeSpan.FromSeconds(-3));

            LinesOf(second).Should().Equal(LinesOf(first));
            LinesOf(first).Should().Contain("Age: 0").And.Contain("Content-Length: 10").And.HaveCount(13);
            (second.StatusCode, second.ReasonPhrase, second.Version).Should().Be((first.StatusCode, first.ReasonPhrase, first.Version));
            first.ReasonPhrase.Should().Be(phrase ?? "OK");
            stored.MessageMemo.Should().BeOfType<StoredMessage>("the second response has been made out of the prepared form");
        }
    }

    private static string[] LinesOf(HttpResponseMessage response) =>
        [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(header => header.Value.Select(value => header.Key + ": " + value))];

    [Fact]
    [Trait("Spec", "CND-3")]
    public async Task NotModified_Fields_AreTheOnesOfA304()
    {
        using var request = new HttpRequestMessage();
        using var response = ResponseWriter.NotModified(Make.Stored(200, 10, Lines), request, TimeSpan.FromSeconds(3));

        response.StatusCode.Should().Be(HttpStatusCode.NotModified);
        Names(response.Headers).Should().Equal("Date", "Cache-Control", "ETag", "Vary", "Age");
        Names(response.Content.Headers).Should().Equal("Content-Location", "Expires");
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    [Trait("Spec", "HTC-20")]
    public async Task GatewayTimeout_Answer_IsEmptyDatedAndNotToBeStored()
    {
        using var request = new HttpRequestMessage();
        using var response = ResponseWriter.GatewayTimeout(request, new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(1)));

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        response.RequestMessage.Should().BeSameAs(request);
        response.Headers.Raw("Date").Should().Be("Thu, 01 Jan 2026 00:00:00 GMT");
        response.Headers.Raw("Cache-Control").Should().Be("no-store");
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        response.Invoking(r => r.EnsureSuccessStatusCode()).Should().Throw<HttpRequestException>();
    }

    [Fact]
    [Trait("Spec", "RNG-3")]
    public void Partial_Fields_SpeakOfThePart()
    {
        using var request = new HttpRequestMessage();
        using var response = ResponseWriter.Partial(Make.Stored(200, 10, Lines), request, new EmptyContent(), new ByteRange(2, 5), 10, TimeSpan.Zero);

        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        response.ReasonPhrase.Should().Be("Partial Content");
        response.Content.Headers.Raw("Content-Range").Should().Be("bytes 2-5/10");
        response.Content.Headers.Raw("Content-Length").Should().Be("4");
        response.Headers.Raw("Content-Digest").Should().BeNull();
        response.Headers.Raw("Repr-Digest").Should().Be("sha-256=:x:");
        response.Headers.Raw("ETag").Should().Be("\"a\"");
    }

    [Fact]
    [Trait("Spec", "RNG-4")]
    public void RangeNotSatisfiable_Answer_TellsTheLengthAndCarriesNoFreshness()
    {
        using var request = new HttpRequestMessage();
        using var response = ResponseWriter.RangeNotSatisfiable(Make.Stored(200, 10, Lines), request, 10, TimeSpan.Zero);

        response.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.Raw("Content-Range").Should().Be("bytes */10");
        Names(response.Headers).Should().Equal("Date", "ETag", "Vary", "Age");
    }

    private static List<string> Names(HttpHeaders headers) => [.. headers.NonValidated.Select(header => header.Key)];
}
