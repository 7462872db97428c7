using System.Buffers;
using System.Buffers.Binary;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

/// <summary>A remembered head is given only for the same bytes and the same key.</summary>
public sealed class DecodedHeadsTests
{
    private static readonly CacheKey Key = new("https://example.org/a", "scope");

    [Fact]
    public void TryRead_SameBytesAndKey_TheSameHead()
    {
        var (heads, bytes) = (new DecodedHeads(), Write(Key, Numbered(7, "text")));

        heads.TryRead(bytes, Key, out var first).Should().BeTrue();
        heads.TryRead(bytes.ToArray(), Key with { }, out var second).Should().BeTrue();

        second.Should().BeSameAs(first);
        StoredResponses.Describe(first!).Should().Be(StoredResponses.Describe(Numbered(7, "text")));
    }

    [Theory]
    [InlineData("https://example.org/b", "scope")]
    [InlineData("https://example.org/a", "other")]
    [InlineData("https://example.org/a", null)]
    public void TryRead_AnotherKey_NoHead(string uri, string? scope)
    {
        var (heads, bytes) = (new DecodedHeads(), Write(Key, Numbered(7, "text")));
        heads.TryRead(bytes, Key, out _).Should().BeTrue();

        heads.TryRead(bytes, new CacheKey(uri, scope), out var head).Should().BeFalse();
        head.Should().BeNull();
        heads.TryRead(bytes, Key, out _).Should().BeTrue();
    }

    [Fact]
    public void TryRead_AnyByteDamaged_NoHead()
    {
        var (heads, bytes) = (new DecodedHeads(), Write(Key, Numbered(7, "text")));
        heads.TryRead(bytes, Key, out _).Should().BeTrue();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            heads.TryRead(bytes, Key, out _).Should().BeFalse("byte {0} is damaged", i);
            bytes[i] ^= 1;
        }

        heads.TryRead(bytes.AsSpan(1), Key, out _).Should().BeFalse();
        heads.TryRead(bytes.AsSpan(0, 3), Key, out _).Should().BeFalse();
        heads.TryRead([], Key, out _).Should().BeFalse();
    }

    [Fact]
    public void TryRead_OtherHeadsInTheSamePlace_EachItsOwn()
    {
        var heads = new DecodedHeads();
        var written = Enumerable.Range(0, 5000).Select(i => Write(Key, Numbered(i))).ToArray();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < written.Length; i++)
            {
                heads.TryRead(written[i], Key, out var head).Should().BeTrue();
                head!.Generation.Should().Be(i);
            }
        }
    }

    [Fact]
    public void TryRead_LongHead_IsReadAndNotKept()
    {
        var (heads, bytes) = (new DecodedHeads(), Write(Key, Numbered(1, new string('x', 5000))));

        heads.TryRead(bytes, Key, out var first).Should().BeTrue();
        heads.TryRead(bytes, Key, out var second).Should().BeTrue();

        second.Should().NotBeSameAs(first);
        second!.Fields.First("X-Long").Should().HaveLength(5000);
    }

    [Fact]
    public void TryRead_ManyThreads_EachItsOwn()
    {
        var heads = new DecodedHeads();
        var written = Enumerable.Range(0, 64).Select(i => Write(Key, Numbered(i))).ToArray();

        // All want one place.
        var same = Enumerable.Range(0, 4000).Select(i => Write(Key, Numbered(i)))
            .GroupBy(bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4)) % 1024).MaxBy(group => group.Count())!.ToArray();
        same.Should().HaveCountGreaterThan(4);
        var expected = same.Select(bytes => StoredHeadFormat.TryRead(bytes, Key, out var head) ? head!.Generation : -1).ToArray();
        Parallel.For(0, 20_000, i =>
        {
            heads.TryRead(same[i % same.Length], Key, out var head).Should().BeTrue();
            head!.Generation.Should().Be(expected[i % same.Length]);
            heads.TryRead(written[i % written.Length], Key, out var other).Should().BeTrue();
            other!.Generation.Should().Be(i % written.Length);
        });
    }

    private static byte[] Write(CacheKey key, StoredResponse head)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, head);
        return buffer.WrittenSpan.ToArray();
    }

    private static StoredResponse Numbered(long generation, string text = "") => new()
    {
        Method = "GET",
        TargetUri = Key.Uri,
        StatusCode = 200,
        HttpVersion = new Version(1, 1),
        Fields = new HttpFields([new FieldLine("X-Long", text)]),
        Times = new ExchangeTimes(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        BodyLength = 0,
        Variant = "GET",
        Rank = 1,
        Generation = generation,
        BodyId = generation,
    };
}
