using System.Net;

namespace HttpCaching.Tests.Control;

/// <summary>A download that broke off is completed by the next one, which fetches only the rest (RFC 9111 §3.3, §3.4).</summary>
public sealed class ResumedDownloadTests
{
    private const int Length = 4 * 1024 * 1024;
    private const int Cut = Length / 10 * 9;

    private static readonly byte[] Data = Bytes(1);

    [Theory]
    [InlineData("RNG-12", false)]
    [InlineData("RNG-12", true)]
    public async Task Get_AfterACutDownload_FetchesTheRestAndGivesTheWhole(string spec, bool onDisk)
    {
        using var directory = new TempDirectory();
        using var files = onDisk ? new FileHttpCacheStore(directory.Path) : null;
        using var fixture = new CacheFixture(store: files);
        fixture.Origin.Then(_ => Whole(Data, "\"v1\"", Cut)).Then(request => Rest(request, Data, "\"v1\""));

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        await fixture.Cache.Controller.WhenStoredAsync();
        var whole = await ReadAsync(fixture);
        var hit = await ReadAsync(fixture);

        whole.Body.Should().Equal(Data, spec);
        whole.Status.Should().Be(200);
        fixture.Origin.Requests[1]["Range"].Should().Be($"bytes={Cut}-");
        fixture.Origin.Requests[1]["If-Range"].Should().Be("\"v1\"");
        hit.Body.Should().Equal(Data);
        hit.Hit.Should().BeTrue();
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "RNG-12")]
    public async Task Get_ContentChangedMeanwhile_StartsAfresh()
    {
        var changed = Bytes(2);
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ => Whole(Data, "\"v1\"", Cut)).Then(_ => Whole(changed, "\"v2\"", Length));

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        (await ReadAsync(fixture)).Body.Should().Equal(changed);

        var again = await ReadAsync(fixture);
        again.Hit.Should().BeTrue();
        again.Body.Should().Equal(changed);
    }

    [Fact]
    [Trait("Spec", "RNG-12")]
    public async Task Get_RangeRefused_DropsThePartAndStartsAfresh()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(_ => Whole(Data, "\"v1\"", Cut))
            .Then(416, null, ("Content-Range", "bytes */10"))
            .Then(_ => Whole(Data, "\"v1\"", Length));

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        (await ReadAsync(fixture)).Body.Should().Equal(Data);

        fixture.Origin.Requests[2]["Range"].Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "INC-2")]
    public async Task Get_CutTwice_KeepsTheLongerPart()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(_ => Whole(Data, "\"v1\"", Length / 2))
            .Then(request => Rest(request, Data, "\"v1\"", stopAfter: Length / 4))
            .Then(request => Rest(request, Data, "\"v1\""));

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        (await ReadAsync(fixture)).Body.Should().Equal(Data);

        fixture.Origin.Requests[2]["Range"].Should().Be($"bytes={Length / 4 * 3}-");
    }

    [Theory]
    [InlineData("W/\"v1\"", Cut)]
    [InlineData(null, Cut)]
    [InlineData("\"v1\"", 1000)]
    public async Task Get_CutBodyThatCannotBeTold_IsFetchedWhole(string? tag, int cut)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ => Whole(Data, tag, cut)).Then(_ => Whole(Data, tag, Length));

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(fixture));
        (await ReadAsync(fixture)).Body.Should().Equal(Data);

        fixture.Origin.Requests[1]["Range"].Should().BeNull();
    }

    private static async Task<(int Status, byte[] Body, bool Hit)> ReadAsync(CacheFixture fixture)
    {
        using var response = await fixture.Client.GetAsync("http://h/", HttpCompletionOption.ResponseHeadersRead);
        using var buffer = new MemoryStream();
        await (await response.Content.ReadAsStreamAsync()).CopyToAsync(buffer);
        return ((int)response.StatusCode, buffer.ToArray(), response.GetCacheStatus()!.Hit);
    }

    private static HttpResponseMessage Whole(byte[] data, string? tag, int stopAfter)
    {
        var response = new HttpResponseMessage { Content = new StreamContent(new CutStream(data, stopAfter)) };
        response.Content.Headers.ContentLength = data.Length;
        response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=600");
        if (tag is not null)
        {
            response.Headers.TryAddWithoutValidation("ETag", tag);
        }

        return response;
    }

    private static HttpResponseMessage Rest(HttpRequestMessage request, byte[] data, string tag, int? stopAfter = null)
    {
        var first = (int)request.Headers.Range!.Ranges.Single().From!.Value;
        var response = Whole(data[first..], tag, stopAfter ?? data.Length - first);
        response.StatusCode = HttpStatusCode.PartialContent;
        response.Content.Headers.TryAddWithoutValidation("Content-Range", $"bytes {first}-{data.Length - 1}/{data.Length}");
        return response;
    }

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A body that breaks off.</summary>
    private sealed class CutStream : MemoryStream
    {
        private readonly bool _isWhole;

        public CutStream(byte[] data, int stopAfter)
            : base(data, 0, stopAfter, writable: false) => _isWhole = stopAfter == data.Length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            return read > 0 || count == 0 || _isWhole ? read : throw new IOException("The connection was cut.");
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            CopyTo(destination, bufferSize);
            return Task.CompletedTask;
        }

        public override void CopyTo(Stream destination, int bufferSize)
        {
            var buffer = new byte[bufferSize];
            for (int count; (count = Read(buffer, 0, buffer.Length)) > 0;)
            {
                destination.Write(buffer, 0, count);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer, offset, count));
    }

    private sealed class TempDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("cachecontrol-resume-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
