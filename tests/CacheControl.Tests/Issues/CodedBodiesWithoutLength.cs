using System.Net;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Issues;

/// <summary>A decoder stops at the end of its data, which is before the end of the framing: the body has been read to its end all the same.</summary>
public sealed class CodedBodiesWithoutLength
{
    private const int Size = 20_000;

    public static TheoryData<string, string, string, bool> Cases()
    {
        var data = new TheoryData<string, string, string, bool>();
        foreach (var coding in new[] { "br", "gzip", "deflate", "raw" })
        {
            foreach (var framing in new[] { "length", "chunked", "close" })
            {
                foreach (var way in new[] { "content", "array", "copy", "stream", "exact", "exact-async" })
                {
                    data.Add(coding, framing, way, true);
                    data.Add(coding, framing, way, false);
                }
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "INC-8")]
    [MemberData(nameof(Cases))]
    public async Task Get_DecodedToItsEnd_IsAHitTheSecondTime(string coding, string framing, string way, bool sync)
    {
        var data = Make.Bytes(Size);
        var body = Coding.Encode(coding, data);
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, coding, framing, body));
        using var client = Client();

        (await ReadAsync(client, server.Address, way, sync)).AsSpan().SequenceEqual(data).Should().BeTrue();
        (await ReadAsync(client, server.Address, way, sync)).AsSpan().SequenceEqual(data).Should().BeTrue();

        server.Requests.Should().ContainSingle();
    }

    /// <summary>The same beside others that read along, and for a reader that asks for byte after byte.</summary>
    [Theory]
    [Trait("Spec", "INC-8")]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw")]
    public async Task Get_SeveralAtOnce_AreAllWholeAndStored(string coding)
    {
        var data = Make.Bytes(Size);
        var body = Coding.Encode(coding, data);
        await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, coding, "chunked", body));
        using var client = Client();

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetByteArrayAsync(server.Address)));
        bodies.All(b => b.AsSpan().SequenceEqual(data)).Should().BeTrue();
        using var hit = await client.GetAsync(server.Address);

        hit.GetCacheStatus()!.Hit.Should().BeTrue();
        server.Requests.Count.Should().BeLessThan(8);
    }

    [Theory]
    [Trait("Spec", "INC-8")]
    [InlineData("br", "length")]
    [InlineData("br", "chunked")]
    [InlineData("gzip", "length")]
    [InlineData("gzip", "chunked")]
    [InlineData("deflate", "length")]
    [InlineData("deflate", "close")]
    [InlineData("raw", "chunked")]
    public async Task Get_BytesLeftOverAfterTheData_AreGivenAsByThePlatformAndNotStored(string coding, string framing)
    {
        var data = Make.Bytes(Size);
        foreach (var extra in new[] { 1, 2, 9000 })
        {
            byte[] body = [.. Coding.Encode(coding, data), .. new byte[extra]];
            await using var server = await LoopbackServer.StartAsync(context => AnswerAsync(context, coding, framing, body));
            using var client = Client();

            foreach (var sync in new[] { false, true })
            {
                (await ReadAsync(client, server.Address, "array", sync)).AsSpan().SequenceEqual(data).Should().BeTrue();
            }

            server.Requests.Should().HaveCount(2, $"{extra} bytes are left over");
        }
    }

    /// <summary>Sizes around the decoders' buffers, and bytes that arrive one by one.</summary>
    [Theory]
    [Trait("Spec", "INC-8")]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw")]
    public async Task Get_AnySizeInAnyPieces_IsAHitTheSecondTime(string coding)
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var size = int.Parse(context.Request.Path.Value![1..], null);
            context.Response.Headers.ContentEncoding = Coding.NameOf(coding);
            context.Response.Headers.CacheControl = "max-age=60";
            foreach (var piece in Coding.Encode(coding, Make.Bytes(size)).Chunk(size < 300 ? 1 : 4096))
            {
                await context.Response.Body.WriteAsync(piece);
                await context.Response.Body.FlushAsync();
            }
        });
        using var client = Client();
        foreach (var size in new[] { 0, 1, 200, 8191, 8192, 8193, 70_000 })
        {
            foreach (var isHit in new[] { false, true })
            {
                using var response = await client.GetAsync(new Uri(server.Address, $"/{size}"));
                (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(Make.Bytes(size)).Should().BeTrue($"{size}");
                response.GetCacheStatus()!.Hit.Should().Be(isHit, $"{size}");
            }
        }
    }

    [Fact]
    [Trait("Spec", "INC-8")]
    public async Task Get_GzipOfSeveralMembersAndRedirectWithACodedBody_AreHitsTheSecondTime()
    {
        byte[] members = [.. Coding.Encode("gzip", Make.Bytes(Size)), .. Coding.Encode("gzip", Make.Bytes(300))];
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            var isRedirect = context.Request.Path == "/old";
            context.Response.StatusCode = isRedirect ? 301 : 200;
            context.Response.Headers.Location = isRedirect ? "/new" : default;
            return AnswerAsync(context, isRedirect ? "br" : "gzip", "chunked", isRedirect ? Coding.Encode("br", Make.Bytes(500)) : members);
        });
        using var client = Client();

        for (var i = 0; i < 2; i++)
        {
            (await client.GetByteArrayAsync(new Uri(server.Address, "/old"))).Should().HaveCount(Size + 300);
        }

        server.Requests.Should().HaveCount(2);
    }

    /// <summary>A server that flushes what it has so far: the reader gets all of it, and does not wait for more.</summary>
    [Theory]
    [Trait("Spec", "INC-8")]
    [InlineData("br", true)]
    [InlineData("br", false)]
    [InlineData("gzip", true)]
    [InlineData("deflate", false)]
    [InlineData("raw", true)]
    public async Task Get_FlushedBeforeItsEnd_ArrivesAsFarAsItWasSent(string coding, bool sync)
    {
        var read = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = Coding.NameOf(coding);
            await using var encoder = Coding.Encoder(coding, context.Response.Body);
            for (var i = 0; i < 20; i++)
            {
                await encoder.WriteAsync(Make.Bytes(i));
                await encoder.FlushAsync();
            }

            await context.Response.Body.FlushAsync();
            await read.Task;
        });
        using var client = Client();
        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
        using var stream = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[190];

        await Task.Run(async () =>
        {
            if (sync)
            {
                stream.ReadExactly(bytes);
            }
            else
            {
                await stream.ReadExactlyAsync(bytes);
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
        read.SetResult();

        bytes.Should().Equal(Enumerable.Range(0, 20).SelectMany(Make.Bytes));
    }

    /// <summary>The data is whole and the end of the framing never comes: the reader has its bytes in time, and nothing is stored.</summary>
    [Theory]
    [Trait("Spec", "INC-8")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_EndOfFramingNeverComes_DoesNotHoldTheReader(bool sync)
    {
        var data = Make.Bytes(Size);
        var body = Coding.Encode("br", data);
        var never = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "br";
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.Body.WriteAsync(body);
            await context.Response.Body.FlushAsync();
            await never.Task;
        });
        using var client = Client();

        var read = await ReadAsync(client, server.Address, "array", sync).WaitAsync(TimeSpan.FromSeconds(30));
        never.SetResult();

        read.AsSpan().SequenceEqual(data).Should().BeTrue();
    }

    private static HttpClient Client() => new(new CachingHandler(new HttpCacheOptions { AutomaticDecompression = DecompressionMethods.All }));

    private static async Task AnswerAsync(HttpContext context, string coding, string framing, byte[] body)
    {
        context.Response.Headers.ContentEncoding = Coding.NameOf(coding);
        context.Response.Headers.CacheControl = "max-age=60";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (framing == "length")
        {
            context.Response.ContentLength = body.Length;
        }
        else if (framing == "close")
        {
            // Without chunks the end of the connection is the end of the body.
            context.Request.Protocol = "HTTP/1.0";
            context.Response.Headers.Connection = "close";
        }

        await context.Response.Body.WriteAsync(body);
    }

    private static async Task<byte[]> ReadAsync(HttpClient client, Uri address, string way, bool sync)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var completion = way == "content" ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead;
        using var response = sync ? client.Send(request, completion) : await client.SendAsync(request, completion);
        switch (way)
        {
            case "content" or "array":
                return await response.Content.ReadAsByteArrayAsync();

            case "copy":
                using (var target = new MemoryStream())
                {
                    if (sync)
                    {
                        response.Content.CopyTo(target, null, default);
                    }
                    else
                    {
                        await response.Content.CopyToAsync(target);
                    }

                    return target.ToArray();
                }

            case "stream":
                using (var target = new MemoryStream())
                {
                    await using var stream = sync ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync();
                    var buffer = new byte[700];
                    int count;
                    while ((count = sync ? stream.Read(buffer) : await stream.ReadAsync(buffer)) > 0)
                    {
                        target.Write(buffer, 0, count);
                    }

                    return target.ToArray();
                }

            default:
                // A reader that knows how much there is, and asks for no end.
                var bytes = new byte[Size];
                var source = sync ? response.Content.ReadAsStream() : await response.Content.ReadAsStreamAsync();
                if (sync)
                {
                    source.ReadExactly(bytes);
                }
                else
                {
                    await source.ReadExactlyAsync(bytes);
                }

                if (way == "exact-async")
                {
                    await source.DisposeAsync();
                }
                else
                {
                    source.Dispose();
                }

                return bytes;
        }
    }
}
