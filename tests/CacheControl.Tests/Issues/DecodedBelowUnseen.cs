using System.IO.Compression;
using System.Net;
using System.Text;
using HttpCaching.Tests.Storage.Files;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A caller that lists codings itself, over a primary handler that decodes: nothing is added to the request below, and the decoded body was taken for what came
/// over the wire. Parts were kept at decoded positions and completed with coded bytes, ranges were cut from decoded ones.
/// </summary>
[Trait("Spec", "HTC-5")]
public sealed class DecodedBelowUnseen : IDisposable
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 300_000).Select(i => $"line {i:000000}\n")));
    private static readonly byte[] Coded = Gzip(Text);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("memory", false)]
    [InlineData("file", false)]
    [InlineData("sqlite", true)]
    public async Task Get_DecodedDownloadThatBrokeOff_BeginsAnew(string store, bool isBlocking)
    {
        await using var server = Server();
        using var site = new PartSite(store, _directory.Path, below: Decoding());

        await site.GetAsync(server.Address, 2_000_000, isBlocking, ("Accept-Encoding", "gzip"));
        await site.WhenStoredAsync();
        (await site.GetAsync(server.Address, null, isBlocking, ("Accept-Encoding", "gzip"))).AsSpan().SequenceEqual(Text).Should().BeTrue();
        (await site.GetAsync(server.Address, null, isBlocking, ("Accept-Encoding", "gzip"))).AsSpan().SequenceEqual(Text).Should().BeTrue();

        server.Requests.Select(r => ByteServer.Field(r, "Range")).Should().Equal(null, null);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br;q=0.5, GZIP ; q=1", true)]
    [InlineData("*", true)]
    [Trait("Spec", "RNG-8")]
    public async Task Get_RangeOfWhatMayBeDecoded_IsCutByTheOrigin(string accepted, bool isForwarded)
    {
        await using var server = Server();
        using var site = new PartSite("memory", _directory.Path, below: Decoding());

        await site.GetAsync(server.Address, null, false, ("Accept-Encoding", accepted));
        await site.GetAsync(server.Address, null, false, ("Accept-Encoding", accepted), ("Range", "bytes=100-199"));

        server.Requests.Should().HaveCount(isForwarded ? 2 : 1);
    }

    /// <summary>Where nothing can have been decoded, ranges are cut from what is stored: the framing said the length, no coding was asked for, or nobody decodes.</summary>
    [Theory]
    [InlineData("length", "gzip", "decoding")]
    [InlineData("length", "gzip", "foreign")]
    [InlineData("chunked", "identity", "foreign")]
    [InlineData("chunked", "gzip;q=0, br; q=0.000, identity", "foreign")]
    [InlineData("chunked", null, "foreign")]
    [InlineData("chunked", "gzip", "plain")]
    public async Task Get_RangeOfWhatCannotBeDecoded_IsCutHere(string framing, string? accepted, string primary)
    {
        const string Head = "HTTP/1.1 200 OK\nCache-Control: max-age=60\nETag: \"1\"";
        await using var server = new ByteServer(_ => framing == "length" ? ByteServer.Response($"{Head}\nContent-Length: {Text.Length}", Text) : ByteServer.Chunked(Head, Text));
        using var sockets = primary == "decoding" ? Decoding() : new SocketsHttpHandler();
        using var below = new Passing { InnerHandler = primary == "foreign" ? new Foreign(sockets) : sockets };
        using var site = new PartSite("memory", _directory.Path, below: below);
        (string, string)[] fields = accepted is null ? [] : [("Accept-Encoding", accepted)];

        await site.GetAsync(server.Address, null, false, fields);
        var part = await site.GetAsync(server.Address, null, false, [.. fields, ("Range", "bytes=100-199")]);

        part.Should().Equal(Text[100..200]);
        server.Requests.Should().HaveCount(1);
    }

    private static SocketsHttpHandler Decoding() => new() { AutomaticDecompression = DecompressionMethods.GZip };

    private static ByteServer Server() => new(request => ByteServer.Field(request, "Range") is { } range && ByteServer.Field(request, "If-Range") is not null
        ? ByteServer.Response(
            $"HTTP/1.1 206 Partial Content\nCache-Control: max-age=60\nETag: \"1\"\nContent-Encoding: gzip\nContent-Range: {range.Replace('=', ' ')}{Coded.Length - 1}/{Coded.Length}",
            [])
        : ByteServer.Response($"HTTP/1.1 200 OK\nCache-Control: max-age=60\nETag: \"1\"\nContent-Encoding: gzip\nContent-Length: {Coded.Length}", Coded));

    private static byte[] Gzip(byte[] data)
    {
        var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return result.ToArray();
    }

    /// <summary>A handler as people put in between.</summary>
    private sealed class Passing : DelegatingHandler;

    /// <summary>A primary handler that is not the platform's: nobody knows what it does.</summary>
    private sealed class Foreign(HttpMessageHandler inner) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner = new(inner);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _inner.SendAsync(request, cancellationToken);
    }
}
