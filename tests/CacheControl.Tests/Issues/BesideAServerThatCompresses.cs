using System.Net;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A server that compresses on the fly under one strong tag, sends Vary with coded bodies only and cuts ranges from the plain bytes, as Kestrel and Caddy do.
/// The servers themselves are played with in <c>tests/CacheControl.Origins</c>.
/// </summary>
public sealed class BesideAServerThatCompresses
{
    private const int Size = 20_000;
    private const string Tag = "\"one\"";

    private static readonly byte[] Data = Make.Bytes(Size);

    public static TheoryData<string?, string?, string?> Cases()
    {
        string?[] codings = [null, "identity", "gzip", "gzip, deflate, br"];
        var data = new TheoryData<string?, string?, string?>();
        foreach (var first in codings)
        {
            foreach (var range in new[] { null, "bytes=0-99", "bytes=100-199", "bytes=-100" })
            {
                foreach (var second in codings)
                {
                    data.Add(first, range, second);
                }
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-23")]
    [MemberData(nameof(Cases))]
    public async Task Get_AfterAnotherCallersRangeOrCoding_GivesWhatAPlainClientReads(string? first, string? range, string? second)
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        using var plain = new HttpClient();
        using var cached = new HttpClient(new CachingHandler());

        foreach (var (coding, part) in new[] { (first, range), (second, null), (first, range), (second, null) })
        {
            var expected = await SendAsync(plain, server.Address, coding, part);
            var actual = await SendAsync(cached, server.Address, coding, part);

            actual.Status.Should().Be(expected.Status);
            if (part is not null && actual.Applied is { } applied)
            {
                // Cut from the coded whole that is stored by now, and labelled so: its positions count the coded bytes (RFC 9110 §14.2).
                actual.Read.Should().Equal(Coding.Encode(applied, Data)[BoundsOf(part, Coding.Encode(applied, Data).Length)]);
                continue;
            }

            actual.Read.AsSpan().SequenceEqual(expected.Read).Should().BeTrue();
        }
    }

    private static async Task<(HttpStatusCode Status, byte[] Read, string? Applied)> SendAsync(HttpClient client, Uri address, string? coding, string? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding ?? "");
        if (coding is null)
        {
            request.Headers.Remove("Accept-Encoding");
        }

        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();

        // A caller undoes only what it has asked for.
        var applied = response.Content.Headers.ContentEncoding.SingleOrDefault();
        (applied is null || coding!.Contains(applied, StringComparison.Ordinal)).Should().BeTrue();
        return (response.StatusCode, applied is null || range is not null ? body : Coding.Decode(applied, body), applied);
    }

    private static Range BoundsOf(string range, int size)
    {
        var ends = range["bytes=".Length..].Split('-');
        var from = ends[0].Length == 0 ? size - int.Parse(ends[1]) : int.Parse(ends[0]);
        return from..(ends[0].Length == 0 || ends[1].Length == 0 ? size : int.Parse(ends[1]) + 1);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = Tag;
        response.Headers.CacheControl = "max-age=60";
        if (request.Headers.IfNoneMatch.ToString().Contains(Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            var bounds = BoundsOf(range, Size);
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {bounds.Start}-{bounds.End.Value - 1}/{Size}";
            await response.Body.WriteAsync(Data.AsMemory(bounds));
            return;
        }

        var accepted = request.Headers.AcceptEncoding.ToString();
        var coding = accepted.Contains("br", StringComparison.Ordinal) ? "br" : accepted.Contains("gzip", StringComparison.Ordinal) ? "gzip" : null;
        if (coding is null)
        {
            response.ContentLength = Size;
            await response.Body.WriteAsync(Data);
            return;
        }

        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ContentEncoding = coding;
        await response.Body.WriteAsync(Coding.Encode(coding, Data));
    }
}
