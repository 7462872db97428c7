using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

/// <summary>What a caller is given goes forward only, as from the network, and says so in one place.</summary>
public sealed class ForwardOnlyTests
{
    private static readonly Type[] All = typeof(ForwardStream).Assembly.GetTypes();

    [Fact]
    public void Streams_OfTheLibrary_HaveOneBase() =>
        All.Where(type => type.IsSubclassOf(typeof(Stream)) && !type.IsSubclassOf(typeof(ForwardStream))).Should().Equal(typeof(ForwardStream));

    [Fact]
    public void Contents_OfTheLibrary_HaveOneBase() =>
        All.Where(type => type.IsSubclassOf(typeof(HttpContent)) && !type.IsSubclassOf(typeof(ForwardContent))).Should().Equal(typeof(ForwardContent));

    [Fact]
    [Trait("Spec", "HTC-7")]
    public async Task Stream_OfAStoredBody_CanOnlyBeRead()
    {
        await using var stream = await Content().ReadAsStreamAsync();

        (stream.CanRead, stream.CanSeek, stream.CanWrite).Should().Be((true, false, false));
        Action[] calls =
        [
            () => _ = stream.Length, () => _ = stream.Position, () => stream.Position = 0, () => stream.Seek(0, SeekOrigin.Begin),
            () => stream.SetLength(0), () => stream.Write([1], 0, 1), () => stream.WriteByte(1),
        ];
        calls.Should().AllSatisfy(call => call.Should().Throw<NotSupportedException>());
        stream.Flush();
        await stream.FlushAsync();
        await FluentActions.Awaiting(() => stream.ReadAsync(null!, 0, 1)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Fact]
    [Trait("Spec", "HTC-7")]
    public async Task Content_OfAStoredBody_WithOrWithoutToken_GivesTheSame()
    {
        using var token = new CancellationTokenSource();
        using var one = new MemoryStream();
        using var other = new MemoryStream();
        await Content().CopyToAsync(one);
        await Content().CopyToAsync(other, token.Token);
        await using var stream = await Content().ReadAsStreamAsync();

        one.ToArray().Should().Equal(1, 2, 3);
        other.ToArray().Should().Equal(1, 2, 3);
        var read = new byte[4];
        (await stream.ReadAsync(read, 0, 4)).Should().Be(3);
        read.Should().Equal(1, 2, 3, 0);
    }

    private static StoredContent Content() => StoredContent.Of(null, StoredBody.Of(new byte[] { 1, 2, 3 }), 0, 3);
}
