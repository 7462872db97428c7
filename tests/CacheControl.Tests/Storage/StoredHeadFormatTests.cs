using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CsCheck;
using HttpCaching.Storage.Format;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

public sealed class StoredHeadFormatTests
{
    private static readonly CacheKey Key = new("https://example.org/", "scope\u00E9");

    private static Gen<StoredResponse> Heads
    {
        get
        {
            const string token = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ";
            var names = Gen.OneOf(Gen.OneOf("Date", "ETag", "Vary", "cache-control", "X-Some"), Gen.String[Gen.Char[token], 1, 20]);
            var texts = Gen.OneOf(Gen.String, Gen.String[Gen.Char['\0', '\uFFFF'], 0, 300], Gen.String[Gen.Char['\u0080', '\u00FF'], 0, 70]);
            var values = texts.Select(t => t.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' '));
            var times = Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks].Select(t => new DateTimeOffset(t, TimeSpan.Zero));
            var lines = Gen.Select(names, values, (n, v) => new FieldLine(n, v)).Array[0, 20];
            var selecting = Gen.Select(names, Gen.Null(values), (n, v) => new SelectingField(n, v)).Array[0, 5];
            var facts = Gen.Select(Gen.Int[100, 999], Gen.Byte, Gen.Byte, times, times, Gen.Long[0, long.MaxValue], Gen.Bool);
            var longs = Gen.Long.Array[3];
            return Gen.Select(facts, longs, lines, selecting, texts.Array[0, 4], Gen.Null(values), texts, texts).Select((f, l, fields, s, tags, reason, uri, variant) =>
                new StoredResponse
                {
                    Method = f.Item7 ? "GET" : "QUERY",
                    TargetUri = uri,
                    SelectingFields = new SelectingFields(s),
                    StatusCode = f.Item1,
                    ReasonPhrase = reason,
                    HttpVersion = new Version(f.Item2, f.Item3),
                    Fields = new HttpFields(fields),
                    Times = new ExchangeTimes(f.Item4, f.Item5),
                    AgeValue = f.Item7 ? TimeSpan.FromTicks(f.Item6) : null,
                    BodyLength = f.Item6,
                    Part = f.Item7 ? null : new PartRange(f.Item6, -1),
                    IsDecoded = f.Item7,
                    MustValidate = !f.Item7,
                    HadCredentials = f.Item7,
                    Tags = tags,
                    Variant = variant,
                    Rank = l[0],
                    Generation = l[1],
                    BodyId = l[2],
                });
        }
    }

    [Fact]
    public void TryRead_WhatWasWritten_GivesEveryFact() =>
        Gen.Select(Heads, Gen.String, Gen.Null(Gen.String)).Sample(
            (head, uri, scope) =>
            {
                var key = new CacheKey(uri, scope);
                var bytes = Write(key, head);
                StoredHeadFormat.TryRead(bytes, out var readKey, out var read).Should().BeTrue();
                readKey.Should().Be(key);
                StoredResponses.Describe(read!).Should().Be(StoredResponses.Describe(head));
            },
            iter: 2000);

    [Fact]
    public void TryRead_ElaborateHead_GivesEveryFact()
    {
        var head = StoredResponses.Elaborate();
        var bytes = Write(Key, head);

        StoredHeadFormat.TryReadLength(bytes.AsSpan(0, StoredHeadFormat.LengthPrefixBytes), out var length).Should().BeTrue();
        length.Should().Be(bytes.Length);
        StoredHeadFormat.TryRead(bytes, Key, out var read).Should().BeTrue();
        StoredResponses.Describe(read!).Should().Be(StoredResponses.Describe(head));
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public void TryRead_OtherKey_IsFalse()
    {
        var bytes = Write(Key, StoredResponses.Get());

        StoredHeadFormat.TryRead(bytes, Key with { Scope = null }, out _).Should().BeFalse();
        StoredHeadFormat.TryRead(bytes, Key with { Uri = "https://example.orh/" }, out _).Should().BeFalse();
        StoredHeadFormat.TryRead(bytes, default, out _).Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public void TryRead_AnyByteChanged_IsFalse()
    {
        var bytes = Write(Key, StoredResponses.Get());
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xFF })
            {
                bytes[i] ^= change;
                StoredHeadFormat.TryRead(bytes, out var key, out var head).Should().BeFalse("byte {0} is damaged", i);
                key.Should().Be(default(CacheKey));
                head.Should().BeNull();
                bytes[i] ^= change;
            }
        }
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public void TryRead_AnyByteChangedUnderFittingChecksum_NeverThrows()
    {
        var bytes = Write(Key, Small());
        for (var i = 0; i < bytes.Length - 4; i++)
        {
            for (var value = 0; value < 256; value++)
            {
                var damaged = bytes.ToArray();
                damaged[i] = (byte)value;
                Seal(damaged);
                if (StoredHeadFormat.TryRead(damaged, out var key, out var head))
                {
                    Write(key, head).Should().HaveCountGreaterThan(0, "what can be read can be written");
                }
            }
        }
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public void TryRead_CutOrLengthened_IsFalse()
    {
        var bytes = Write(Key, StoredResponses.Get());
        for (var length = 0; length < bytes.Length; length++)
        {
            StoredHeadFormat.TryRead(bytes.AsSpan(0, length), out _, out _).Should().BeFalse();

            // The same with length and checksum made to fit.
            var cut = bytes.AsSpan(0, length).ToArray();
            if (length >= 16)
            {
                BinaryPrimitives.WriteInt32LittleEndian(cut.AsSpan(8), length);
                Seal(cut);
                StoredHeadFormat.TryRead(cut, out _, out _).Should().BeFalse();
            }
        }

        StoredHeadFormat.TryRead([.. bytes, 0], out _, out _).Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SRE-3")]
    public void TryRead_RandomBytes_NeverThrowsNorAllocatesMuch() =>
        Gen.Byte.Array[0, 400].Sample(
            bytes =>
            {
                StoredHeadFormat.TryRead(bytes, out _, out _).Should().BeFalse();

                // The same as the variable part of a head with fitting magic, length and checksum.
                var head = Write(Key, Small()).AsSpan(0, 64).ToArray().Concat(bytes).Concat(new byte[4]).ToArray();
                head[5] = 0;
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), head.Length);
                Seal(head);
                var before = GC.GetAllocatedBytesForCurrentThread();
                StoredHeadFormat.TryRead(head, out _, out _);
                (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(2000 + (40 * head.Length));
            },
            iter: 5000);

    [Theory]
    [InlineData("X-Name", "a\rb")]
    [InlineData("X-Name", "a\nb")]
    [InlineData("X-Name", "a\0b")]
    [InlineData("X-Name", "wide \u65E5\nb")]
    [InlineData("X Name", "a")]
    [InlineData("X-Name:", "a")]
    [InlineData("X-N\u00E4me", "a")]
    [InlineData("", "a")]
    [Trait("Spec", "SEC-2")]
    public void TryRead_TamperedField_IsFalse(string name, string value)
    {
        var head = Small(new FieldLine(name, value));
        ((Action)(() => Write(Key, head))).Should().Throw<ArgumentException>();

        StoredHeadFormat.TryRead(WriteUnchecked(head), out _, out _).Should().BeFalse();
        StoredHeadFormat.TryRead(WriteUnchecked(Small(new FieldLine("X-Name", "a"))), out _, out _).Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "SEC-2")]
    public void Write_FactOutOfRange_ThrowsAndWritesNothing()
    {
        var destination = new ArrayBufferWriter<byte>();
        StoredResponse[] heads =
        [
            Small(reason: "a\r\nb"),
            Small(status: 99),
            Small(status: 1000),
            Small(length: -2),
            Small(method: "GET /"),
        ];

        foreach (var head in heads)
        {
            ((Action)(() => StoredHeadFormat.Write(destination, Key, head))).Should().Throw<ArgumentException>();
            StoredHeadFormat.TryRead(WriteUnchecked(head), out _, out _).Should().BeFalse();
        }

        destination.WrittenCount.Should().Be(0);
    }

    [Fact]
    public void Write_KnownVersionOne_StaysReadable()
    {
        var written = Convert.ToHexString(Write(new CacheKey("http://a/"), Small(new FieldLine("ETag", "\"\u00E9\""))));

        // A change here makes all stores that users have on disk unreadable: raise the version, and keep reading this one or mean not to.
        written.Should().Be(
            "43435352" + "01" + "00" + "C800" + "61000000" + "0101" + "0000"
            + "0000000000000000" + "0000000000000000" + "0500000000000000" + "0100000000000000" + "0200000000000000" + "0300000000000000"
            + "13" + Hex("http://a/") + "00" + "00" + "07" + Hex("GET") + "05" + Hex("OK") + "03" + Hex("v")
            + "00" + "01" + "05" + "07" + "22E922" + "00"
            + "AA52AAE4");
    }

    [Fact]
    public void TryRead_ExpectedKey_AllocatesLittleMoreThanItsTexts()
    {
        var head = StoredResponses.Get(Key.Uri);
        var bytes = Write(Key, head);
        var texts = head.Fields.ToArray().Sum(line => 24L + (2 * line.Value.Length)) + 64;
        StoredHeadFormat.TryRead(bytes, Key, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        StoredHeadFormat.TryRead(bytes, Key, out _);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(texts + (16 * head.Fields.Count) + 400);
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.Latin1.GetBytes(text));

    private static StoredResponse Small(
        FieldLine? line = null, string? reason = "OK", int status = 200, long length = 5, string method = "GET") => new()
        {
            Method = method,
            TargetUri = "http://a/",
            StatusCode = status,
            ReasonPhrase = reason,
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields([line ?? new FieldLine("X-A", "b")]),
            Times = default,
            BodyLength = length,
            Variant = "v",
            Rank = 1,
            Generation = 2,
            BodyId = 3,
        };

    private static byte[] Write(CacheKey key, StoredResponse head)
    {
        var destination = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(destination, key, head);
        return destination.WrittenSpan.ToArray();
    }

    private static byte[] WriteUnchecked(StoredResponse head)
    {
        var buffer = new HeadBuffer(new byte[HeadEncoder.MostBytes(Key, head)]);
        HeadEncoder.Write(ref buffer, Key, head);
        return buffer.Written.ToArray();
    }

    private static void Seal(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^4..], HeadLayout.Checksum(bytes[..^4]));
}
