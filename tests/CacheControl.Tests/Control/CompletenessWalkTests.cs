using System.Security.Cryptography;
using System.Text;

namespace HttpCaching.Tests.Control;

public sealed class CompletenessWalkTests
{
    private static readonly (string, string) MaxAge = ("Cache-Control", "max-age=60");

    [Theory]
    [InlineData("INC-1", 10L, true)]
    [InlineData("INC-1", null, true)]
    [InlineData("INC-2", 10L, true)]
    [InlineData("INC-4", 10L, false)]
    public async Task Get_BodyEndsEarly_IsNotStored(string spec, long? declared, bool fails)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ => Broken("abc", declared, fails)).Then(200, "whole", MaxAge);

        using (var response = await fixture.Client.GetAsync(Walks.Uri, HttpCompletionOption.ResponseHeadersRead))
        {
            await Record.ExceptionAsync(() => response.Content.ReadAsStringAsync());
        }

        var next = await fixture.GetAsync();
        next.Cache.Forward.Should().Be(ForwardReason.UriMiss, spec);
        next.Body.Should().Be("whole", spec);
    }

    [Fact]
    [Trait("Spec", "INC-2")]
    public async Task Get_DisposedEarly_IsNotStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, new string('x', 1_000_000), MaxAge).Then(200, "whole", MaxAge);

        using (var response = await fixture.Client.GetAsync(Walks.Uri, HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[1000]);
        }

        (await fixture.GetAsync()).Body.Should().Be("whole");
    }

    [Fact]
    [Trait("Spec", "INC-3")]
    public async Task Get_AllDeclaredBytesReadButNotTheEnd_IsStored()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = Broken("0123456789", 10, fails: true);
            return response;
        });

        using (var response = await fixture.Client.GetAsync(Walks.Uri, HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[10]);
        }

        (await fixture.GetAsync()).Body.Should().Be("0123456789");
    }

    [Theory]
    [InlineData("INC-6", true)]
    [InlineData("INC-6", false)]
    public async Task Get_ReplacementDiesHalfway_OldResponseStays(string spec, bool hasLength)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", MaxAge, ("ETag", "\"old\"")).Then(_ => Broken("new b", hasLength ? 10 : null, fails: true));
        await fixture.GetAsync();

        var reload = async () => await fixture.GetAsync(fields: ("Cache-Control", "no-cache"));
        await reload.Should().ThrowAsync<HttpRequestException>(spec);

        var hit = await fixture.GetAsync();
        hit.Body.Should().Be("old", spec);
        hit["ETag"].Should().Be("\"old\"", spec);
        hit.Cache.Hit.Should().BeTrue(spec);
    }

    [Theory]
    [InlineData("INC-7", "Content-Digest", "body", true, true)]
    [InlineData("INC-7", "Repr-Digest", "body", true, true)]
    [InlineData("INC-7", "Content-Digest", "other", true, false)]
    [InlineData("INC-7", "Repr-Digest", "other", true, false)]
    [InlineData("INC-7", "Content-Digest", "other", false, true)]
    public async Task Get_Digest_StoredOnlyIfItMatches(string spec, string field, string digested, bool verify, bool stored)
    {
        using var fixture = new CacheFixture(o => o.Extensions.VerifyDigests = verify);
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(digested)));
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "body", MaxAge, (field, $"sha-256=:{digest}:"));

        (await fixture.GetAsync()).Body.Should().Be("body", spec);

        (await fixture.GetAsync()).Cache.Hit.Should().Be(stored, spec);
    }

    [Fact]
    [Trait("Spec", "INC-7")]
    public async Task Get_DigestOfBodyDecodedBelow_IsNotCompared()
    {
        using var fixture = new CacheFixture(o => o.Extensions.VerifyDigests = true);
        var digest = Convert.ToBase64String(SHA256.HashData("encoded"u8));
        fixture.Origin.Otherwise = request =>
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            var response = ScriptedOrigin.Response(200, null, MaxAge, ("Content-Digest", $"sha-256=:{digest}:"));
            RawStream(response, "decoded");
            return response;
        };

        (await fixture.GetAsync()).Body.Should().Be("decoded");

        (await fixture.GetAsync()).Cache.Hit.Should().BeTrue();
    }

    private static void RawStream(HttpResponseMessage response, string body) => response.Content = Walks.Broken(body, null, fails: false);

    private static HttpResponseMessage Broken(string bytes, long? declared, bool fails)
    {
        var response = ScriptedOrigin.Response(200, null, MaxAge);
        response.Content = Walks.Broken(bytes, declared, fails);
        return response;
    }
}
