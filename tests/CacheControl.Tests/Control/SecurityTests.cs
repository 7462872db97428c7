using System.Buffers.Binary;
using HttpCaching.Storage.Format;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

/// <summary>What keeps users, secrets and poisoned responses apart (RFC 9111 §7).</summary>
public sealed class SecurityTests
{
    [Theory]
    [InlineData("SEC-1", "X-HTTP-Method-Override")]
    [InlineData("SEC-1", "X-HTTP-Method")]
    [InlineData("SEC-1", "x-method-override")]
    public async Task Get_MethodOverride_IsNeitherLookedUpNorStored(string id, string name)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "stored", ("Cache-Control", "max-age=60")).Then(200, "deleted", ("Cache-Control", "max-age=60"));
        await fixture.GetAsync();

        var seen = await fixture.GetAsync("http://h/", (name, "DELETE"));

        seen.Body.Should().Be("deleted", id);
        seen.Cache.Should().BeEquivalentTo(new { Hit = false, Stored = false, Forward = ForwardReason.Bypass, Reason = CacheReason.MethodOverride });
        (await fixture.GetAsync()).Body.Should().Be("stored");
    }

    [Theory]
    [InlineData("SEC-2", "X-A", "a\r\nSet-Cookie: b=1")]
    [InlineData("SEC-2", "X-A", "a\0b")]
    public async Task Get_FieldThatBreaksALine_IsDeliveredAndNotStored(string id, string name, string value)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), (name, value));
        await fixture.GetAsync();

        (await fixture.GetAsync()).Cache.Hit.Should().BeFalse(id);
    }

    [Fact]
    [Trait("Spec", "SEC-2")]
    public void Decode_HeadWithALineBreak_IsRefused()
    {
        var bytes = Encode(new CacheKey("http://h/"), Http.Make.Stored(200, 1, "X-A: abcd"));
        StoredHeadFormat.TryRead(bytes, out _, out _).Should().BeTrue();

        // Tampered by somebody who knows how to make the checksum right again.
        "\r\n"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("abcd"u8)));
        var content = bytes.AsSpan(..^HeadLayout.ChecksumBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(content.Length), HeadLayout.Checksum(content));

        StoredHeadFormat.TryRead(bytes, out _, out _).Should().BeFalse();
    }

    [Fact]
    [Trait("Spec", "SEC-3")]
    public async Task Get_OtherPartition_IsAMiss()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
        await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCachePartition("a"));

        (await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCachePartition("b"))).Cache.Hit.Should().BeFalse();
        (await fixture.SendAsync(CacheFixture.Request("GET", "http://h/"))).Cache.Hit.Should().BeFalse();
        (await fixture.SendAsync(CacheFixture.Request("GET", "http://h/").WithCachePartition("a"))).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "SEC-6")]
    public async Task Log_AnyRequest_HoldsNoSecret()
    {
        using var logs = new EventLog(LogLevel.Trace);
        using var cache = new HttpCache(null, null, new FakeTimeProvider(CacheFixture.Start), logs);
        var origin = new ScriptedOrigin();
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = origin });
        origin.Otherwise = _ => ScriptedOrigin.Response(200, "bodysecret", ("Cache-Control", "max-age=60"), ("Set-Cookie", "cookiesecret"));
        for (var i = 0; i < 3; i++)
        {
            using var request = CacheFixture.Request("GET", "http://user:passwordsecret@h/p?q=querysecret#fragmentsecret", ("Authorization", "Bearer tokensecret"));
            using var response = await client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
        }

        logs.Messages.Should().Contain(m => m.Contains("http://h/p", StringComparison.Ordinal));
        logs.Messages.Should().NotContain(m => m.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SEC-7", "Authorization")]
    [InlineData("SEC-7", "Cookie")]
    public async Task Store_SensitiveSelectingFields_AreKeptAsKeyedHashes(string id, string name)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", $"{name}, X-Named"));
        await fixture.GetAsync("http://h/", (name, "tokensecret"), ("X-Named", "kept"), ("X-Other", "othersecret"));

        var dump = new List<string>();
        await foreach (var (key, head) in ((IHttpCacheStoreMaintenance)fixture.Store).EnumerateAsync(CancellationToken.None))
        {
            dump.Add(key + " " + System.Text.Encoding.UTF8.GetString(Encode(key, head)));
        }

        dump.Should().ContainSingle(id).Which.Should().NotContain("secret").And.Contain("kept");
        (await fixture.GetAsync("http://h/", (name, "tokensecret"), ("X-Named", "kept"))).Cache.Hit.Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "SEC-8")]
    public async Task Get_AfterClear_SendsNoValidator()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync();
        await fixture.Cache.ClearAsync();

        await fixture.GetAsync();

        fixture.Origin.Requests[1]["If-None-Match"].Should().BeNull();
    }

    /// <summary>A response of the origin asks to clear; is another one of that origin still there?</summary>
    [Theory]
    [InlineData("SEC-8", true, "https://h/logout", "\"cache\"", true)]
    [InlineData("SEC-8", true, "https://h/logout", "\"cookies\", \"cache\"", true)]
    [InlineData("SEC-8", true, "https://h/logout", "\"*\"", true)]
    [InlineData("SEC-8", true, "https://h/logout", "\"cookies\"", false)]
    [InlineData("SEC-8", true, "https://h/logout", "cache", false)]
    [InlineData("SEC-8", true, "http://h/logout", "\"cache\"", false)]
    [InlineData("SEC-8", true, "https://h.other/logout", "\"cache\"", false)]
    [InlineData("SEC-8", false, "https://h/logout", "\"cache\"", false)]
    public async Task Get_ClearSiteData_RemovesTheOrigin(string id, bool honor, string uri, string value, bool isGone)
    {
        using var fixture = new CacheFixture(o => o.Extensions.HonorClearSiteData = honor);
        fixture.Origin
            .Then(200, "kept", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""))
            .Then(200, "bye", ("Cache-Control", "max-age=60"), ("Clear-Site-Data", value))
            .Then(200, "fetched");
        await fixture.GetAsync("https://h/page");
        await fixture.GetAsync(uri);

        (await fixture.GetAsync("https://h/page")).Body.Should().Be(isGone ? "fetched" : "kept", id);
    }

    [Fact]
    [Trait("Spec", "SEC-9")]
    public async Task Get_NoCacheOverAnImmutablePoisonedResponse_ReplacesIt()
    {
        using var fixture = new CacheFixture();
        fixture.Origin
            .Then(200, "poison", ("Cache-Control", "max-age=31536000, immutable"), ("Content-Length", "6"), ("ETag", "\"p\""))
            .Then(200, "sound", ("Cache-Control", "max-age=60"), ("ETag", "\"s\""));
        await fixture.GetAsync("https://h/");

        (await fixture.GetAsync("https://h/", ("Cache-Control", "no-cache"))).Body.Should().Be("sound");
        (await fixture.GetAsync("https://h/")).Body.Should().Be("sound");
    }

    private static byte[] Encode(CacheKey key, StoredResponse head)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, head);
        return buffer.WrittenSpan.ToArray();
    }
}
