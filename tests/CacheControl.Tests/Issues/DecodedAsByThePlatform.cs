using System.Globalization;
using System.Net;
using HttpCaching.Tests.Http;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>A coding that is cut, damaged or wrong gives what the platform's own decoding gives, and does not stay in the store.</summary>
public sealed class DecodedAsByThePlatform
{
    private static readonly byte[] Data = Make.Bytes(300);

    public static TheoryData<string, bool> Codings()
    {
        var data = new TheoryData<string, bool>();
        foreach (var coding in new[] { "gzip", "deflate", "raw", "br" })
        {
            data.Add(coding, true);
            data.Add(coding, false);
        }

        return data;
    }

    /// <summary>The platform is the yardstick at each position of a cut: bytes, end or exception.</summary>
    [Theory]
    [Trait("Spec", "INC-9")]
    [MemberData(nameof(Codings))]
    public async Task Get_CutAnywhereInWholeFraming_GivesWhatThePlatformGives(string coding, bool sync)
    {
        var body = Coding.Encode(coding, Data);
        await using var server = await LoopbackServer.StartAsync(context => SliceAsync(context, coding, body));
        using var plain = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        using var cached = Client(null);
        for (var cut = 0; cut <= body.Length; cut++)
        {
            var uri = new Uri(server.Address, $"/{cut}");
            var expected = await OutcomeAsync(plain, uri, sync);
            var asked = server.Requests.Count;

            (await OutcomeAsync(cached, uri, sync)).Should().Be(expected, $"cut at {cut} of {body.Length}");
            (await OutcomeAsync(cached, uri, sync)).Should().Be(expected, $"cut at {cut} of {body.Length}, again");

            // Nothing at all is no coding to be undone; the whole is whole; everything else was asked for again.
            server.Requests.Count.Should().Be(asked + (cut == 0 || cut == body.Length ? 1 : 2), $"cut at {cut} of {body.Length}");
        }
    }

    [Theory]
    [Trait("Spec", "INC-9")]
    [MemberData(nameof(Codings))]
    public async Task Get_AByteTurned_GivesWhatThePlatformGives(string coding, bool sync)
    {
        var whole = Coding.Encode(coding, Data);
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            var body = (byte[])whole.Clone();
            body[IndexOf(context)] ^= 0x55;
            return AnswerAsync(context, coding, body);
        });
        using var plain = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        using var cached = Client(null);
        for (var at = 0; at < whole.Length; at++)
        {
            var uri = new Uri(server.Address, $"/{at}");

            var (actual, expected) = (await OutcomeAsync(cached, uri, sync), await OutcomeAsync(plain, uri, sync));

            // How much comes before an exception depends on how the bytes arrive, with the platform as well.
            var (bytes, end) = (expected.Split(' ')[0], expected.Split(' ')[1]);
            actual.Split(' ')[1].Should().Be(end, $"byte {at}");
            (end == "end" ? actual.Split(' ')[0] == bytes : actual.StartsWith(bytes, StringComparison.Ordinal) || bytes.StartsWith(actual.Split(' ')[0], StringComparison.Ordinal))
                .Should().BeTrue($"byte {at}");
        }
    }

    /// <summary>Half a body whose length fits, once; then the whole. Memory, and a directory that is opened again in between.</summary>
    [Theory]
    [Trait("Spec", "INC-9")]
    [InlineData("gzip", false)]
    [InlineData("br", false)]
    [InlineData("deflate", true)]
    [InlineData("raw", true)]
    public async Task Get_HalfWithAMatchingLength_LeavesTheStoreAndTheNextIsWhole(string coding, bool sync)
    {
        using var directory = new TemporaryDirectory();
        var data = Make.Bytes(5000);
        var body = Coding.Encode(coding, data);
        var isHalf = true;
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, coding, isHalf ? body[..(body.Length / 2)] : body));
        using (var store = new FileHttpCacheStore(directory.Path))
        {
            // Stored by a caller who has not looked into it.
            using var client = new HttpClient(new CachingHandler(store));
            await client.GetByteArrayAsync(server.Address);
        }

        isHalf = false;
        using (var store = new FileHttpCacheStore(directory.Path))
        {
            using var client = Client(store);
            using var hit = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
            hit.GetCacheStatus()!.Hit.Should().BeTrue();
            await ReadAsync(hit, sync);
        }

        using (var store = new FileHttpCacheStore(directory.Path))
        {
            using var client = Client(store);
            using var next = await client.GetAsync(server.Address);
            next.GetCacheStatus()!.Hit.Should().BeFalse();
            (await next.Content.ReadAsByteArrayAsync()).Should().Equal(data);
            using var last = await client.GetAsync(server.Address);
            last.GetCacheStatus()!.Hit.Should().BeTrue();
        }

        server.Requests.Should().HaveCount(2);
    }

    private static HttpClient Client(IHttpCacheStore? store) =>
        new(new CachingHandler(store, new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.All }));

    private static int IndexOf(HttpContext context) => int.Parse(context.Request.Path.Value![1..], CultureInfo.InvariantCulture);

    private static Task SliceAsync(HttpContext context, string coding, byte[] body) => AnswerAsync(context, coding, body[..IndexOf(context)]);

    private static async Task AnswerAsync(HttpContext context, string coding, byte[] body)
    {
        context.Response.Headers.ContentEncoding = Coding.NameOf(coding);
        context.Response.Headers.CacheControl = "max-age=3600";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private static async Task<string> OutcomeAsync(HttpClient client, Uri uri, bool sync)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        using var response = sync
            ? client.Send(request, HttpCompletionOption.ResponseHeadersRead)
            : await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await ReadAsync(response, sync);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, bool sync)
    {
        using var read = new MemoryStream();
        var end = "end";
        try
        {
            using var stream = sync ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync();
            var buffer = new byte[64];
            int count;
            while ((count = sync ? stream.Read(buffer) : await stream.ReadAsync(buffer)) > 0)
            {
                read.Write(buffer, 0, count);
            }
        }
        catch (Exception exception)
        {
            end = exception.GetType().Name;
        }

        return $"{Convert.ToHexString(read.ToArray())} {end}";
    }
}
