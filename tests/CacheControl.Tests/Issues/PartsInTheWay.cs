using System.Globalization;
using HttpCaching.Tests.Collapsing;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues;

/// <summary>A stored part made requests fail that would have succeeded without it, outlived its use, and was pushed out by less.</summary>
public sealed class PartsInTheWay : IDisposable
{
    private static readonly (string, string) Fresh = ("Cache-Control", "max-age=60");
    private static readonly (string, string) Tag = ("ETag", "\"a\"");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The caller sent no Range: what the origin says of ours is not its affair.</summary>
    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(405)]
    [InlineData(412)]
    [InlineData(416)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(503)]
    [InlineData(304)]
    [Trait("Spec", "RNG-12")]
    public async Task Get_OriginRefusesOurRange_IsAskedOnceMoreWithoutIt(int status)
    {
        foreach (var isStorable in new[] { true, false })
        {
            using var fixture = new CacheFixture();
            await StorePartAsync(fixture);
            fixture.Origin.Otherwise = request => request.Headers.Range is not null
                ? ScriptedOrigin.Response(status, "refused", ("Retry-After", "120"))
                : ScriptedOrigin.Response(200, "0123456789", isStorable ? Fresh : ("Cache-Control", "no-store"));

            for (var i = 0; i < 3; i++)
            {
                var seen = await fixture.GetAsync();
                (seen.Status, seen.Body).Should().Be((200, "0123456789"));
            }

            fixture.Origin.Requests.Count(r => r["Range"] is not null).Should().Be(2, "the one that brought the part, and ours, once");
        }
    }

    [Theory]
    [MemberData(nameof(PartSite.Lasting), MemberType = typeof(PartSite))]
    [Trait("Spec", "RNG-12")]
    public async Task Get_RangesForbiddenAfterABrokenDownload_IsWholeInEachStoreThatWasReopened(string store)
    {
        var data = new byte[3_000_000];
        new Random(1).NextBytes(data);
        await using var server = new ByteServer(request => ByteServer.Field(request, "Range") is null
            ? ByteServer.Response($"HTTP/1.1 200 OK\nCache-Control: max-age=60\nETag: \"1\"\nContent-Length: {data.Length}", data)
            : ByteServer.Response("HTTP/1.1 403 Forbidden\nContent-Length: 2", "no"u8.ToArray()));
        using (var first = new PartSite(store, _directory.Path))
        {
            await first.GetAsync(server.Address, 2_000_000);
            await first.WhenStoredAsync();
        }

        using var site = new PartSite(store, _directory.Path);
        for (var i = 0; i < 2; i++)
        {
            (await site.GetAsync(server.Address, null, isBlocking: i == 1)).AsSpan().SequenceEqual(data).Should().BeTrue();
        }

        server.Requests.Select(r => ByteServer.Field(r, "Range") is null).Should().Equal(true, false, true);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(401)]
    [InlineData(429)]
    [Trait("Spec", "RNG-12")]
    public async Task Get_StatusThatOurRangeHasNotCaused_IsTheAnswer(int status)
    {
        using var fixture = new CacheFixture();
        await StorePartAsync(fixture);
        fixture.Origin.Then(status, "no");

        (await fixture.GetAsync()).Status.Should().Be(status);
        fixture.Origin.Requests.Should().HaveCount(2);
    }

    [Theory]
    [MemberData(nameof(PartSite.All), MemberType = typeof(PartSite))]
    [Trait("Spec", "RNG-12")]
    public async Task Get_PartOlderThanItsRetention_IsNotCompleted(string store)
    {
        foreach (var (days, isCompleted) in new[] { (29, true), (31, false) })
        {
            var time = new FakeTimeProvider(CacheFixture.Start);
            var origin = new ScriptedOrigin { Otherwise = request => request.Headers.Range is { } range ? Part(range.ToString()) : ScriptedOrigin.Response(200, "0123456789", Fresh, Tag) };
            using var site = new PartSite(store, Path.Combine(_directory.Path, days.ToString(CultureInfo.InvariantCulture)), time, origin);
            await site.GetAsync(new Uri("http://h/"), null, false, ("Range", "bytes=0-4"));
            await site.WhenStoredAsync();
            time.Advance(TimeSpan.FromDays(days));

            System.Text.Encoding.ASCII.GetString(await site.GetAsync(new Uri("http://h/"))).Should().Be("0123456789");

            (origin.Requests[1]["Range"] is not null).Should().Be(isCompleted, $"after {days} days");
        }
    }

    /// <summary>A part that is longer stays; what came is passed on.</summary>
    [Theory]
    [InlineData("0-599", "900-909", "\"a\"", null, "bytes=600-")]
    [InlineData("0-599", "900-909", "\"a\"", "gzip", "bytes=600-")]
    [InlineData("0-599", "900-909", "\"b\"", null, null)]
    [InlineData("900-909", "0-599", "\"a\"", null, "bytes=600-")]
    [InlineData("0-599", "590-609", "\"a\"", null, "bytes=610-")]
    [Trait("Spec", "RNG-11")]
    public async Task Get_PartThatCannotBeJoined_DoesNotPushOutALongerOne(string first, string second, string secondTag, string? secondCoding, string? askedFor)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(request => Part(request.Headers.Range!.ToString(), 1000)).Then(request =>
        {
            var response = Part(request.Headers.Range!.ToString(), 1000, secondTag);
            response.Content.Headers.TryAddWithoutValidation(secondCoding is null ? "X-None" : "Content-Encoding", secondCoding ?? "");
            return response;
        });
        await fixture.GetAsync("http://h/", ("Range", "bytes=" + first));
        await fixture.GetAsync("http://h/", ("Range", "bytes=" + second));
        fixture.Origin.Then(200, "whole");

        await fixture.GetAsync();

        fixture.Origin.Requests[2]["Range"].Should().Be(askedFor);
    }

    [Fact]
    [Trait("Spec", "RNG-11")]
    public async Task Get_LongerPartThatIsOfNoMoreUse_MakesRoom()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = request => Part(request.Headers.Range!.ToString(), 1000);
        await fixture.GetAsync("http://h/", ("Range", "bytes=100-599"));
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        await fixture.GetAsync("http://h/", ("Range", "bytes=900-909"));

        (await fixture.GetAsync("http://h/", ("Range", "bytes=900-909"))).Cache.Hit.Should().BeTrue();
    }

    /// <summary>Those who come while a part is being completed read along.</summary>
    [Theory]
    [InlineData("0-4", "bytes=5-")]
    [InlineData("3-4", null)]
    [Trait("Spec", "CON-1")]
    public async Task Get_ManyAtOnceWhileAPartIsStored_ShareOneExchange(string part, string? askedFor)
    {
        using var fixture = new CollapseFixture();
        var first = fixture.Get(fields: ("Range", "bytes=" + part));
        var numbers = part.Split('-').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        (await fixture.Origin.NextAsync()).Answer(
            206, "0123456789"[numbers[0]..(numbers[1] + 1)], Fresh, Tag, ("Content-Range", $"bytes {part}/10"));
        await (await first).Content.ReadAsByteArrayAsync();

        var all = fixture.GetMany(20);
        var request = await fixture.Origin.NextAsync();
        request.Seen["Range"].Should().Be(askedFor);
        if (askedFor is null)
        {
            request.Answer(200, "0123456789", Fresh, Tag);
        }
        else
        {
            request.Answer(206, "56789", Fresh, Tag, ("Content-Range", "bytes 5-9/10"));
        }

        (await CollapseFixture.BodiesOf(all)).Should().AllBe("0123456789");
        foreach (var one in all)
        {
            (await one).Content.Headers.ContentLength.Should().Be(10);
        }

        (await fixture.Get()).GetCacheStatus()!.Hit.Should().BeTrue();
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "RNG-11")]
    public async Task Get_ManyAtOnceAndTheRestEndsEarly_FailForAllAndTheNextIsRight()
    {
        using var fixture = new CollapseFixture();
        var first = fixture.Get(fields: ("Range", "bytes=0-4"));
        (await fixture.Origin.NextAsync()).Answer(206, "01234", Fresh, Tag, ("Content-Range", "bytes 0-4/10"));
        await (await first).Content.ReadAsByteArrayAsync();

        var all = fixture.GetMany(3);
        (await fixture.Origin.NextAsync()).Answer(206, "567", Fresh, Tag, ("Content-Range", "bytes 5-9/10"));
        foreach (var one in all)
        {
            var response = await one;
            await response.Invoking(r => r.Content.ReadAsByteArrayAsync()).Should().ThrowAsync<HttpRequestException>();
        }

        await fixture.Cache.Controller.WhenStoredAsync();
        var next = fixture.Get();
        var request = await fixture.Origin.NextAsync();
        request.Seen["Range"].Should().BeNull();
        request.Answer(200, "0123456789", Fresh, Tag);
        (await (await next).Content.ReadAsStringAsync()).Should().Be("0123456789");
    }

    [Fact]
    [Trait("Spec", "RNG-11")]
    public async Task Get_CompletedPart_HasNoDigestOfAPiece()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(206, "01234", Fresh, Tag, ("Content-Range", "bytes 0-4/10"), ("Content-Digest", "sha-256=:YQ==:"))
            .Then(206, "56789", Fresh, Tag, ("Content-Range", "bytes 5-9/10"), ("Content-Digest", "sha-256=:Yg==:"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));

        var whole = await fixture.GetAsync();

        (whole.Body, whole["Content-Digest"]).Should().Be(("0123456789", null));
    }

    /// <summary>A rest that stands still: who blocks in it is let go with its response, and so is the connection.</summary>
    [Fact]
    public async Task Read_RestStandsStill_EndsWithItsResponse()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var patience = TimeSpan.FromSeconds(60);
        await using var server = await Http.LoopbackServer.StartAsync(async context =>
        {
            var isRest = context.Request.Headers.Range == "bytes=5-";
            context.Response.StatusCode = 206;
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.ETag = "\"a\"";
            context.Response.Headers.ContentRange = isRest ? "bytes 5-9/10" : "bytes 0-4/10";
            context.Response.ContentLength = 5;
            await context.Response.Body.WriteAsync(isRest ? "56"u8.ToArray() : "01234"u8.ToArray());
            await context.Response.Body.FlushAsync();
            if (isRest)
            {
                var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using var registration = context.RequestAborted.Register(gone.SetResult);
                await gone.Task;
                aborted.SetResult();
            }
        });
        using var site = new PartSite("memory", _directory.Path);
        await site.GetAsync(server.Address, null, false, ("Range", "bytes=0-4"));
        var stream = await OnThread(() => site.Client.Send(new HttpRequestMessage(HttpMethod.Get, server.Address), HttpCompletionOption.ResponseHeadersRead).Content.ReadAsStream());
        await OnThread(() =>
        {
            stream.ReadExactly(new byte[7]);
            return stream;
        });

        var reading = OnThread(() => stream.Read(new byte[1]));
        stream.Dispose();

        await reading.Invoking(t => t).Should().ThrowAsync<Exception>();
        await aborted.Task.WaitAsync(patience);

        Task<T> OnThread<T>(Func<T> work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(patience);
    }

    private static async Task StorePartAsync(CacheFixture fixture)
    {
        fixture.Origin.Then(206, "01234", Fresh, Tag, ("Content-Range", "bytes 0-4/10"));
        await fixture.GetAsync("http://h/", ("Range", "bytes=0-4"));
    }

    /// <summary>The part that a range asks for, of digits.</summary>
    private static HttpResponseMessage Part(string range, int total = 10, string tag = "\"a\"")
    {
        var ends = range["bytes=".Length..].Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var last = ends[1].Length == 0 ? total - 1 : int.Parse(ends[1], CultureInfo.InvariantCulture);
        var body = string.Concat(Enumerable.Range(first, last - first + 1).Select(i => (char)('0' + (i % 10))));
        return ScriptedOrigin.Response(206, body, Fresh, ("ETag", tag), ("Content-Range", $"bytes {first}-{last}/{total}"));
    }
}
