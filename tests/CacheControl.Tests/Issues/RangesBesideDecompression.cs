using System.Net;
using HttpCaching.Tests.Http;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>Positions count the bytes that the caller gets: a pipeline that decodes keeps its codings out of requests with Range.</summary>
public sealed class RangesBesideDecompression
{
    private static readonly byte[] Data = Make.Bytes(20_000);
    private static readonly byte[] Coded = Coding.Encode("gzip", Data);

    public static TheoryData<string, bool, bool> Cases()
    {
        var data = new TheoryData<string, bool, bool>();
        foreach (var site in new[] { "fly", "fly-no-vary", "stored-gz", "whole" })
        {
            foreach (var file in new[] { false, true })
            {
                data.Add(site, file, false);
                data.Add(site, file, true);
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "RNG-8")]
    [MemberData(nameof(Cases))]
    public async Task Get_Range_IsWhatTheCallerWouldGetOfThePlainBytes(string site, bool file, bool sync)
    {
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, site));
        using var directory = new TemporaryDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var files = file ? new FileHttpCacheStore(directory.Path) : null;
        using var client = new HttpClient(new CachingHandler(files, new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.All }, time));

        // The whole first: no other variant is stored then.
        var cold = new Uri(server.Address, "/cold");
        (await client.GetByteArrayAsync(cold)).AsSpan().SequenceEqual(Data).Should().BeTrue();
        await CheckAsync(client, cold, site, sync, ("If-None-Match", "\"other\""));
        await CheckAsync(client, cold, site, sync);

        // Before the whole is stored, from what is stored, beside conditions, and after what is stored has become stale.
        await CheckAsync(client, server.Address, site, sync);
        for (var i = 0; i < 2; i++)
        {
            (await client.GetByteArrayAsync(server.Address)).AsSpan().SequenceEqual(Data).Should().BeTrue();
            await CheckAsync(client, server.Address, site, sync, ("If-Range", "\"v1\""));
            await CheckAsync(client, server.Address, site, sync, ("If-None-Match", "\"other\""));
            foreach (var codings in new[] { "gzip, deflate, br", "*", "GZIP;q=0.5, zstd", "gzip, identity;q=0" })
            {
                // The caller would get the whole without a coding too, whatever it names.
                await CheckAsync(client, server.Address, site, sync, ("Accept-Encoding", codings));
            }

            await CheckAsync(client, server.Address, site, sync);
            time.Advance(TimeSpan.FromHours(2));
            await CheckAsync(client, server.Address, site, sync);
            (await client.GetByteArrayAsync(server.Address)).AsSpan().SequenceEqual(Data).Should().BeTrue();
        }
    }

    /// <summary>Without decompression in the pipeline a coding is a part of the file, as an archive's.</summary>
    [Fact]
    [Trait("Spec", "RNG-8")]
    public async Task Get_RangeOfAnArchiveWithoutDecompression_IsCutFromWhatIsStored()
    {
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, "archive"));
        using var client = new HttpClient(new CachingHandler());
        (await client.GetByteArrayAsync(server.Address)).Should().Equal(Coded);

        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address) { Headers = { { "Range", "bytes=100-199" } } };
        using var response = await client.SendAsync(request);

        response.GetCacheStatus()!.Hit.Should().BeTrue();
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Coded[100..200]);
    }

    private static async Task CheckAsync(HttpClient client, Uri address, string site, bool sync, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Range", "bytes=100-199" } } };
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = sync ? client.Send(request) : await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();

        (request.Headers.NonValidated.TryGetValues("Accept-Encoding", out var codings) ? codings.ToString() : null).Should().Be(fields.FirstOrDefault(f => f.Name == "Accept-Encoding").Value);
        request.Options.Should().NotContain(option => option.Key == "CacheControl.Undone");

        // An origin that knows no ranges gives the whole, from which the cache can cut once it has it.
        response.StatusCode.Should().BeOneOf(site == "whole" ? [HttpStatusCode.OK, HttpStatusCode.PartialContent] : [HttpStatusCode.PartialContent]);
        body.AsSpan().SequenceEqual(response.StatusCode == HttpStatusCode.OK ? Data : Data.AsSpan(100, 100)).Should().BeTrue();
    }

    private static async Task AnswerAsync(HttpContext context, string site)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "max-age=3600";
        response.Headers.ETag = "\"v1\"";
        if (site != "fly-no-vary")
        {
            response.Headers.Vary = "Accept-Encoding";
        }

        if (request.Headers.IfNoneMatch == "\"v1\"")
        {
            response.StatusCode = 304;
            return;
        }

        var range = request.Headers.Range.Count > 0 && site != "whole";
        var accepts = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        var isCoded = site == "archive" || (accepts && (!range || site == "stored-gz"));
        var body = isCoded ? Coded : Data;
        if (isCoded)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        if (range)
        {
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes 100-199/{body.Length}";
            body = body[100..200];
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}
