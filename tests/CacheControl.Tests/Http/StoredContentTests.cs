using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

public sealed class StoredContentTests
{
    private static readonly byte[] Data = Make.Bytes(200_000);

    public static TheoryData<string, bool, int> Readings()
    {
        var data = new TheoryData<string, bool, int>();
        foreach (var how in new[] { "array", "copy", "copy-sync", "stream", "stream-sync", "stream-copy", "stream-copy-sync", "buffer" })
        {
            foreach (var inMemory in new[] { true, false })
            {
                data.Add(how, inMemory, int.MaxValue);
                data.Add(how, inMemory, 999);
            }
        }

        return data;
    }

    [Theory]
    [Trait("Spec", "HTC-7")]
    [MemberData(nameof(Readings))]
    public async Task Read_Part_GivesItsBytesAndReleasesOnce(string how, bool inMemory, int maxRead)
    {
        var body = new FakeBody(Data) { InMemory = inMemory, MaxRead = maxRead };
        var snapshot = new FakeSnapshot(body);
        using var content = StoredContent.Of(snapshot, body, 100, 150_000);

        var bytes = await ReadAsync(content, how);

        bytes.Should().Equal(Data.AsSpan(100, 150_000).ToArray());
        body.Disposals.Should().Be(1, "who has read everything need not dispose");
        content.Dispose();
        content.Dispose();
        body.Disposals.Should().Be(1);
        snapshot.Disposals.Should().Be(1);
        snapshot.BodyWentFirst.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "HTC-7")]
    public void Dispose_Unread_ReleasesBodyThenSnapshot()
    {
        var body = new FakeBody(Data);
        var snapshot = new FakeSnapshot(body);

        StoredContent.Of(snapshot, body, 0, Data.Length).Dispose();

        body.Disposals.Should().Be(1);
        snapshot.Disposals.Should().Be(1);
        snapshot.BodyWentFirst.Should().BeTrue();
    }

    [Fact]
    public async Task Dispose_WhileAReadIsUnderWay_ReleasesWhenItHasEnded()
    {
        var body = new FakeBody(Data) { Gate = new TaskCompletionSource() };
        var content = StoredContent.Of(null, body, 0, Data.Length);
        var stream = await content.ReadAsStreamAsync();
        var read = stream.ReadAsync(new byte[10]);

        content.Dispose();

        body.Disposals.Should().Be(0);
        body.Gate.SetResult();
        (await read).Should().Be(10);
        body.Disposals.Should().Be(1);
    }

    [Fact]
    public async Task Read_AfterDisposal_Throws()
    {
        var content = StoredContent.Of(null, new FakeBody(Data), 0, Data.Length);
        var stream = await content.ReadAsStreamAsync();
        content.Dispose();

        await stream.Invoking(s => s.ReadAsync(new byte[1]).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        stream.Invoking(s => s.Read(new byte[1])).Should().Throw<ObjectDisposedException>();
        await content.Invoking(c => c.CopyToAsync(Stream.Null)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Dispose_OfTheStreamHalfRead_Releases()
    {
        var body = new FakeBody(Data);
        using var content = StoredContent.Of(null, body, 0, Data.Length);
        await using (var stream = await content.ReadAsStreamAsync())
        {
            await stream.ReadExactlyAsync(new byte[10]);
        }

        body.Disposals.Should().Be(1);
    }

    [Fact]
    public async Task Read_AtTheEnd_GoesOnAnsweringZero()
    {
        using var content = StoredContent.Of(null, new FakeBody(Data), 0, 3);
        var stream = await content.ReadAsStreamAsync();

        (await stream.ReadAsync(new byte[10])).Should().Be(3);
        (await stream.ReadAsync(new byte[10])).Should().Be(0);
        stream.Read(new byte[10]).Should().Be(0);
        stream.ReadByte().Should().Be(-1);
        await stream.CopyToAsync(Stream.Null);
    }

    [Fact]
    public async Task CopyTo_Twice_IsRefusedLikeNetworkContent()
    {
        using var content = StoredContent.Of(null, new FakeBody(Data), 0, 3);
        await content.CopyToAsync(Stream.Null);

        await content.Invoking(c => c.CopyToAsync(Stream.Null)).Should().ThrowAsync<InvalidOperationException>();
    }

    [Theory]
    [Trait("Spec", "SRE-4")]
    [InlineData("stream")]
    [InlineData("stream-sync")]
    [InlineData("stream-copy")]
    [InlineData("stream-copy-sync")]
    public async Task Read_ShortBody_ThrowsAndDoesNotEndEarly(string how)
    {
        using var content = StoredContent.Of(null, new FakeBody(Data[..1000], claimedLength: 2000), 0, 2000);

        await content.Awaiting(c => ReadAsync(c, how)).Should().ThrowAsync<IOException>();
    }

    [Fact]
    [Trait("Spec", "SRE-4")]
    public async Task CopyTo_ShortBody_Throws()
    {
        using var content = StoredContent.Of(null, new FakeBody(Data[..1000], claimedLength: 2000), 0, 2000);

        await content.Awaiting(c => ReadAsync(c, "array")).Should().ThrowAsync<HttpRequestException>();
    }

    [Theory]
    [InlineData("array")]
    [InlineData("copy-sync")]
    [InlineData("stream")]
    public async Task Read_Empty_GivesNothing(string how)
    {
        var body = new FakeBody([]);
        using var content = StoredContent.Of(null, body, 0, 0);

        (await ReadAsync(content, how)).Should().BeEmpty();
        body.Disposals.Should().Be(1);
    }

    [Fact]
    public void Length_IsKnownWithoutAHeader()
    {
        using var content = StoredContent.Of(null, new FakeBody(Data), 5, 7);

        content.Headers.NonValidated.Contains("Content-Length").Should().BeFalse();
        content.Headers.ContentLength.Should().Be(7);
    }

    internal static async Task<byte[]> ReadAsync(HttpContent content, string how)
    {
        using var target = new MemoryStream();
        switch (how)
        {
            case "array":
                return await content.ReadAsByteArrayAsync();
            case "buffer":
                await content.LoadIntoBufferAsync();
                await content.CopyToAsync(target);
                break;
            case "copy":
                await content.CopyToAsync(target);
                break;
            case "copy-sync":
                content.CopyTo(target, null, default);
                break;
            case "stream":
                await PumpAsync(await content.ReadAsStreamAsync(), target);
                break;
            case "stream-sync":
                Pump(content.ReadAsStream(), target);
                break;
            case "stream-copy":
                await (await content.ReadAsStreamAsync()).CopyToAsync(target);
                break;
            case "stream-copy-sync":
                content.ReadAsStream().CopyTo(target);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how));
        }

        return target.ToArray();
    }

    private static async Task PumpAsync(Stream from, Stream to)
    {
        var buffer = new byte[7000];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            to.Write(buffer, 0, count);
        }
    }

    private static void Pump(Stream from, Stream to)
    {
        var buffer = new byte[7000];
        int count;
        while ((count = from.Read(buffer, 0, buffer.Length)) > 0)
        {
            to.Write(buffer, 0, count);
        }
    }
}
