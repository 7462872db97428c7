using System.IO.Compression;
using System.Net;
using System.Text;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// Servers send one strong entity tag for coded and plain bytes, and label slices of coded bytes with plain positions. Parts were joined by the tag alone:
/// callers got a mixture with status 200, or no body at all any more.
/// </summary>
[Trait("Spec", "RNG-11")]
public sealed class PartsOfSeveralCodings : IDisposable
{
    private const string Fresh = "Cache-Control: max-age=3600";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Kestrel, static files under response compression: the whole comes in br and in chunks, ranges are cut from the plain file, under one strong tag.</summary>
    [Theory]
    [InlineData("memory", 1_100_000, false)]
    [InlineData("memory", 1_400_000, true)]
    [InlineData("file", 1_100_000, true)]
    [InlineData("file", 1_400_000, false)]
    [InlineData("sqlite", 1_300_000, false)]
    [InlineData("tiered", 1_200_000, false)]
    public async Task Get_CodedDownloadThatBrokeOff_IsRightTheNextTime(string store, int cut, bool isBlocking)
    {
        var files = Directory.CreateDirectory(Path.Combine(_directory.Path, "www")).FullName;
        var text = Encoding.ASCII.GetBytes(Convert.ToHexString(Bytes(2_000_000)));
        await File.WriteAllBytesAsync(Path.Combine(files, "a.txt"), text);
        await using var kestrel = await KestrelAsync(files);
        var uri = new Uri(kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/a.txt");
        using var site = new PartSite(store, Path.Combine(_directory.Path, "cache"));
        (string, string) accepted = ("Accept-Encoding", "gzip, deflate, br");

        await site.GetAsync(uri, cut, isBlocking, accepted);
        await site.WhenStoredAsync();
        for (var i = 0; i < 3; i++)
        {
            Unbrotli(await site.GetAsync(uri, null, isBlocking, accepted)).AsSpan().SequenceEqual(text).Should().BeTrue($"GET {i + 1} is right");
        }
    }

    /// <summary>Caddy: a plain beginning, then a slice compressed anew that is labelled with plain positions.</summary>
    [Theory]
    [MemberData(nameof(PartSite.All), MemberType = typeof(PartSite))]
    public async Task Get_CodedSliceLabelledWithPlainPositions_IsNotJoinedToAPlainBeginning(string store)
    {
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1629).Select(i => $"line {i % 100:00} \n")));
        await using var caddy = new ByteServer(request => ByteServer.Field(request, "Range") switch
        {
            "bytes=0-99" => ByteServer.Response(
                $"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"q1\"\nVary: Accept-Encoding\nContent-Range: bytes 0-99/{text.Length}\nContent-Length: 100", text[..100]),
            "bytes=100-" when Gzip(text[100..]) is var slice => ByteServer.Response(
                $"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"q1\"\nVary: Accept-Encoding\nContent-Encoding: gzip\nContent-Range: bytes 100-{text.Length - 1}/{text.Length}\nContent-Length: {slice.Length}",
                slice),
            _ => ByteServer.Chunked($"HTTP/1.1 200 OK\n{Fresh}\nETag: \"q1\"\nVary: Accept-Encoding\nContent-Encoding: gzip", Gzip(text)),
        });
        using var site = new PartSite(store, _directory.Path);

        (await site.GetAsync(caddy.Address, null, false, ("Accept-Encoding", "gzip"), ("Range", "bytes=0-99"))).Should().Equal(text[..100]);
        await site.WhenStoredAsync();
        for (var i = 0; i < 3; i++)
        {
            Gunzip(await site.GetAsync(caddy.Address, null, i == 1, ("Accept-Encoding", "gzip"))).Should().Equal(text);
        }

        caddy.Requests.Should().HaveCount(3, "the part, the rest that does not fit, and the whole, which is stored");
    }

    [Theory]
    [InlineData(null, "gzip", false)]
    [InlineData("gzip", null, false)]
    [InlineData("br", "gzip", false)]
    [InlineData("gzip", "gzip, br", false)]
    [InlineData("gzip", "GZIP", true)]
    [InlineData("x-gzip", "gzip", true)]
    [InlineData(null, "identity", true)]
    public async Task Get_PiecesOfTwoRequests_AreJoinedOnlyInOneCoding(string? first, string? second, bool isJoined)
    {
        foreach (var (one, other) in new[] { ("0-4", "5-9"), ("5-9", "0-4"), ("0-6", "4-9"), ("3-9", "0-6") })
        {
            using var fixture = new Control.CacheFixture();
            fixture.Origin.Then(request => Piece(request, first)).Then(request => Piece(request, second));
            fixture.Origin.Otherwise = _ => Control.ScriptedOrigin.Response(200, "whole");
            await fixture.GetAsync("http://h/", ("Range", "bytes=" + one));
            await fixture.GetAsync("http://h/", ("Range", "bytes=" + other));

            var whole = await fixture.GetAsync();

            whole.Body.Should().Be(isJoined ? "0123456789" : "whole", $"{one}, then {other}");
            whole.Cache.Hit.Should().Be(isJoined);
        }
    }

    /// <summary>A coded beginning is completed only if its own message said how long it was, and the rest's total is that length.</summary>
    [Theory]
    [InlineData(false, "gzip", 0, false, false)]
    [InlineData(true, "gzip", 0, true, true)]
    [InlineData(true, "gzip", 100, true, false)]
    [InlineData(true, null, 0, true, false)]
    [InlineData(true, "br", 0, true, false)]
    public async Task Get_CodedBeginning_IsCompletedOnlyByTheSameBytes(bool hasLength, string? restCoding, int longerBy, bool isAskedFor, bool isJoined)
    {
        var coded = Bytes(2_000_000);
        var total = coded.Length + longerBy;
        await using var server = new ByteServer(request => ByteServer.Field(request, "Range") is { } range
            ? ByteServer.Response(
                $"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"{Coding(restCoding)}\nContent-Range: {range.Replace('=', ' ')}{total - 1}/{total}\nContent-Length: {total - From(range)}",
                [.. coded[From(range)..], .. new byte[longerBy]])
            : hasLength
                ? ByteServer.Response($"HTTP/1.1 200 OK\n{Fresh}\nETag: \"1\"{Coding("gzip")}\nContent-Length: {coded.Length}", coded)
                : ByteServer.Chunked($"HTTP/1.1 200 OK\n{Fresh}\nETag: \"1\"{Coding("gzip")}", coded));
        using var site = new PartSite("memory", _directory.Path);

        await site.GetAsync(server.Address, 1_500_000);
        await site.WhenStoredAsync();
        (await site.GetAsync(server.Address)).AsSpan().SequenceEqual(coded).Should().BeTrue();
        (await site.GetAsync(server.Address)).AsSpan().SequenceEqual(coded).Should().BeTrue();

        server.Requests.Count(r => ByteServer.Field(r, "Range") is not null).Should().Be(isAskedFor ? 1 : 0);
        server.Requests.Should().HaveCount(isJoined || !isAskedFor ? 2 : 3);
    }

    /// <summary>A rest that is not as long as it says: by its framing it is not joined; without one its end is an error, and the part is gone.</summary>
    [Theory]
    [InlineData("length", 4, false)]
    [InlineData("length", 6, false)]
    [InlineData("chunked", 4, true)]
    [InlineData("chunked", 6, true)]
    [InlineData("chunked", 0, true)]
    public async Task Get_RestOfAnotherLength_IsNeverAWhole(string framing, int restBytes, bool fails)
    {
        var rest = Encoding.ASCII.GetBytes("56789ABCDEF")[..restBytes];
        foreach (var isBlocking in new[] { false, true })
        {
            await using var server = new ByteServer(request => ByteServer.Field(request, "Range") switch
            {
                "bytes=0-4" => ByteServer.Response($"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"\nContent-Range: bytes 0-4/10\nContent-Length: 5", "01234"u8.ToArray()),
                "bytes=5-" when framing == "length" =>
                    ByteServer.Response($"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"\nContent-Range: bytes 5-9/10\nContent-Length: {restBytes}", rest),
                "bytes=5-" => ByteServer.Chunked($"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"\nContent-Range: bytes 5-9/10", rest),
                _ => ByteServer.Response($"HTTP/1.1 200 OK\n{Fresh}\nETag: \"1\"\nContent-Length: 10", "0123456789"u8.ToArray()),
            });
            using var site = new PartSite("memory", _directory.Path);
            await site.GetAsync(server.Address, null, isBlocking, ("Range", "bytes=0-4"));

            if (fails)
            {
                await site.Invoking(s => s.GetAsync(server.Address, null, isBlocking)).Should().ThrowAsync<HttpIOException>();
                await site.WhenStoredAsync();
            }

            for (var i = 0; i < 2; i++)
            {
                Encoding.ASCII.GetString(await site.GetAsync(server.Address, null, isBlocking)).Should().Be("0123456789");
            }

            server.Requests.Select(r => ByteServer.Field(r, "Range")).Should().Equal("bytes=0-4", "bytes=5-", null);
        }
    }

    /// <summary>A rest of which not one byte comes, each time: the part is given up, and the whole is asked for.</summary>
    [Fact]
    [Trait("Spec", "RNG-12")]
    public async Task Get_RestThatBreaksOffAtItsFirstByte_IsNotAskedForAgain()
    {
        await using var server = new ByteServer(request => ByteServer.Field(request, "Range") switch
        {
            "bytes=0-4" => ByteServer.Response($"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"\nContent-Range: bytes 0-4/10\nContent-Length: 5", "01234"u8.ToArray()),
            "bytes=5-" => ByteServer.Response($"HTTP/1.1 206 Partial Content\n{Fresh}\nETag: \"1\"\nContent-Range: bytes 5-9/10\nContent-Length: 5", []),
            _ => ByteServer.Response($"HTTP/1.1 200 OK\n{Fresh}\nETag: \"1\"\nContent-Length: 10", "0123456789"u8.ToArray()),
        });
        using var site = new PartSite("memory", _directory.Path);
        await site.GetAsync(server.Address, null, false, ("Range", "bytes=0-4"));

        await site.Invoking(s => s.GetAsync(server.Address)).Should().ThrowAsync<HttpIOException>();
        await site.WhenStoredAsync();

        Encoding.ASCII.GetString(await site.GetAsync(server.Address)).Should().Be("0123456789");
    }

    private static async Task<WebApplication> KestrelAsync(string files)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddResponseCompression(options =>
        {
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        var app = builder.Build();
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(files),
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "max-age=3600",
        });
        await app.StartAsync();
        return app;
    }

    private static HttpResponseMessage Piece(HttpRequestMessage request, string? coding)
    {
        var range = request.Headers.Range!.Ranges.Single();
        var (first, last) = ((int)range.From!.Value, (int)range.To!.Value);
        var response = Control.ScriptedOrigin.Response(
            206, "0123456789"[first..(last + 1)], ("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Content-Range", $"bytes {first}-{last}/10"));
        if (coding is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        }

        return response;
    }

    private static string Coding(string? coding) => coding is null ? "" : $"\nContent-Encoding: {coding}";

    private static int From(string range) => int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] data)
    {
        var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return result.ToArray();
    }

    private static byte[] Gunzip(byte[] data) => Decoded(new GZipStream(new MemoryStream(data), CompressionMode.Decompress));

    private static byte[] Unbrotli(byte[] data) => Decoded(new BrotliStream(new MemoryStream(data), CompressionMode.Decompress));

    private static byte[] Decoded(Stream stream)
    {
        using (stream)
        {
            var result = new MemoryStream();
            stream.CopyTo(result);
            return result.ToArray();
        }
    }
}
