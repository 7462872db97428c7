using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using HttpCaching.Tests.Storage.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Performance;

/// <summary>
/// A large download that breaks off is completed by another process (another store on the same directory), over real connections and from disk, in
/// bounded memory. 64 MiB; with CACHECONTROL_STRESS=full 1 GiB.
/// </summary>
[Trait("Spec", "RNG-12")]
[Collection(MeasuredAlone.Name)]
public sealed class LargeResumeTests : IDisposable
{
    private const long Step = 8L << 20;
    private const long AllowedBytes = 16L << 20;
    private const int Chunk = 256 * 1024;

    private static readonly long Length = (Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full" ? 1024L : 64L) << 20;
    private static readonly long Cut = Length / 80 * 72;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_CutAtNineTenths_CostsOneTenthTheSecondTime(bool isTiered)
    {
        await using var origin = await Origin.StartAsync();
        await CutAsync(origin, isTiered);

        var (read, whole) = await ReadAsync(origin, isTiered, version: 1);

        whole.Should().BeNull("the whole of the first version came");
        read.Should().Be(Length);
        origin.Requests.Should().Equal((null, Cut), ($"bytes={Cut.ToString(CultureInfo.InvariantCulture)}-", Length - Cut));

        (await ReadAsync(origin, isTiered, version: 1)).Should().Be((Length, (string?)null));
        origin.Requests.Should().HaveCount(2, "the third one is answered from the store");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_ContentChangedSinceTheCut_IsFetchedWholeAndKept(bool isTiered)
    {
        await using var origin = await Origin.StartAsync();
        await CutAsync(origin, isTiered);
        origin.Version = 2;

        (await ReadAsync(origin, isTiered, version: 2)).Should().Be((Length, (string?)null));

        origin.Requests.Should().HaveCount(2).And.Subject.Last().Sent.Should().Be(Length, "nothing of the first version was of use");
        (await ReadAsync(origin, isTiered, version: 2)).Should().Be((Length, (string?)null));
        origin.Requests.Should().HaveCount(2, "the third one is answered from the store");
    }

    /// <summary>The first download, which the origin cuts when the caller has read nine tenths; then the process ends.</summary>
    private async Task CutAsync(Origin origin, bool isTiered)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var site = new Site(_directory.Path, isTiered);
        using var response = await site.Client.GetAsync(origin.Address, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
        var buffer = new byte[Chunk];
        for (var total = 0L; total < Cut;)
        {
            total += await stream.ReadAsync(buffer, timeout.Token);
        }

        origin.Break();
        await stream.Awaiting(s => s.ReadAsync(buffer, timeout.Token).AsTask()).Should().ThrowAsync<Exception>();
        await site.Cache.Controller.WhenStoredAsync();
    }

    /// <summary>Downloads with a new store; gives the number of bytes and what is wrong with them, if anything.</summary>
    private async Task<(long Read, string? Wrong)> ReadAsync(Origin origin, bool isTiered, int version)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var site = new Site(_directory.Path, isTiered);
        using var response = await site.Client.GetAsync(origin.Address, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().Be(Length);
        await using var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
        var (buffer, expected) = (new byte[Chunk], new byte[Chunk]);
        var before = HeldBytes();
        var total = 0L;
        for (int count; (count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, timeout.Token)) > 0;)
        {
            Fill(expected, total, version);
            if (!buffer.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)))
            {
                return (total, $"other bytes after {total}");
            }

            if (total / Step != (total + count) / Step && HeldBytes() - before is var held and > AllowedBytes)
            {
                return (total, $"{held} bytes held after {total}");
            }

            total += count;
        }

        await site.Cache.Controller.WhenStoredAsync();
        return (total, null);
    }

    private static long HeldBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    /// <summary>What stands at a place of a version: each eight bytes say both.</summary>
    private static void Fill(Span<byte> bytes, long offset, int version)
    {
        var words = MemoryMarshal.Cast<byte, long>(bytes);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = ((offset / sizeof(long)) + i) ^ ((long)version << 56);
        }
    }

    /// <summary>What one process has: a store on the directory, a cache, a client.</summary>
    private sealed class Site : IDisposable
    {
        private readonly FileHttpCacheStore _disk;

        public Site(string path, bool isTiered)
        {
            _disk = new FileHttpCacheStore(path, new FileHttpCacheStoreOptions { MaximumBytes = 16L << 30 });
            Cache = new HttpCache(isTiered ? new TieredHttpCacheStore(new MemoryHttpCacheStore(), _disk) : _disk);
            Client = new HttpClient(new CachingHandler(Cache));
        }

        public HttpCache Cache { get; }

        public HttpClient Client { get; }

        public void Dispose()
        {
            Client.Dispose();
            Cache.Dispose();
            _disk.Dispose();
        }
    }

    /// <summary>A server of one file, whose first answer is cut when it is told.</summary>
    private sealed class Origin : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly TaskCompletionSource _break = new();
        private readonly List<(string? Range, long Sent)> _requests = [];

        private Origin(WebApplication app)
        {
            _app = app;
            app.Run(AnswerAsync);
        }

        public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

        public int Version { get; set; } = 1;

        public IReadOnlyList<(string? Range, long Sent)> Requests => _requests;

        public static async Task<Origin> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var origin = new Origin(builder.Build());
            await origin._app.StartAsync();
            return origin;
        }

        /// <summary>Cuts the first answer.</summary>
        public void Break() => _break.SetResult();

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            var (request, response) = (context.Request, context.Response);
            var tag = $"\"v{Version}\"";
            var range = request.Headers.Range.ToString() is { Length: > 0 } text ? text : null;
            var first = range is not null && request.Headers.IfRange == tag ? long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
            response.Headers.ETag = tag;
            response.Headers.CacheControl = "max-age=3600";
            response.ContentLength = Length - first;
            if (first > 0)
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{Length - 1}/{Length}");
            }

            var end = _requests.Count == 0 ? Cut : Length;
            _requests.Add((range, end - first));
            var chunk = new byte[Chunk];
            for (var sent = first; sent < end;)
            {
                var count = (int)Math.Min(chunk.Length, end - sent);

                // Cuts are at multiples of eight.
                Fill(chunk, sent, Version);
                await response.Body.WriteAsync(chunk.AsMemory(0, count), context.RequestAborted);
                sent += count;
            }

            if (end < Length)
            {
                await response.Body.FlushAsync(context.RequestAborted);
                await _break.Task;
                context.Abort();
            }
        }
    }
}
