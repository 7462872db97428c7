using System.Net;

namespace HttpCaching.Tests.Control;

/// <summary>What a response from the store looks like (RFC 9111 §4, §5.1).</summary>
public sealed class BuildingResponseTests
{
    /// <summary>A cache of a few lines says of thousands of random steps what the real one must answer.</summary>
    [Theory]
    [InlineData("BLD-1", 1)]
    [InlineData("BLD-1", 2)]
    [InlineData("BLD-1", 3)]
    public async Task Get_RandomSteps_AgreesWithAModelOfTheCache(string id, int seed)
    {
        var random = new Random(seed);
        using var fixture = new CacheFixture();
        var model = new Dictionary<(string Uri, string Language), (string Body, double StoredAt, int MaxAge)>();
        var clock = 0.0;
        var bodies = 0;
        fixture.Origin.Otherwise = request => request.Method == HttpMethod.Put
            ? ScriptedOrigin.Response(204, null)
            : ScriptedOrigin.Response(200, $"body {++bodies}", ("Cache-Control", "max-age=" + request.RequestUri!.Segments[^1]), ("Vary", "Accept-Language"));

        for (var step = 0; step < 1500; step++)
        {
            var uri = $"http://h/{random.Next(3)}/{random.Next(1, 4) * 10}";
            var language = random.Next(2) == 0 ? "de" : "en";
            switch (random.Next(10))
            {
                case 0:
                    await fixture.SendAsync(CacheFixture.Request("PUT", uri));
                    model.Remove((uri, "de"));
                    model.Remove((uri, "en"));
                    break;

                case < 3:
                    var seconds = random.Next(15);
                    clock += seconds;
                    fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
                    break;

                default:
                    var requests = fixture.Origin.Requests.Count;
                    var seen = await fixture.GetAsync(uri, ("Accept-Language", language));
                    if (model.TryGetValue((uri, language), out var held) && clock - held.StoredAt < held.MaxAge)
                    {
                        seen.Body.Should().Be(held.Body, "{0}: step {1} of seed {2}", id, step, seed);
                        seen["Age"].Should().Be((clock - held.StoredAt).ToString(System.Globalization.CultureInfo.InvariantCulture));
                        fixture.Origin.Requests.Should().HaveCount(requests);
                    }
                    else
                    {
                        fixture.Origin.Requests.Should().HaveCount(requests + 1, "{0}: step {1} of seed {2}", id, step, seed);
                        seen.Body.Should().Be($"body {bodies}");
                        model[(uri, language)] = (seen.Body, clock, int.Parse(uri[(uri.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
                    }

                    break;
            }
        }
    }

    [Theory]
    [InlineData("BLD-2", "Cache-Control", "max-age=100", null, "10")]
    [InlineData("BLD-2", "Cache-Control", "max-age=100", "30", "40")]
    [InlineData("BLD-2", "Expires", "60", null, "10")]
    [InlineData("BLD-2", "Last-Modified", "-1000", null, "10")]
    public async Task Get_Hit_HasItsCurrentAgeWhateverGaveFreshness(string id, string name, string value, string? age, string expected)
    {
        using var fixture = new CacheFixture();
        var field = int.TryParse(value, out var offset) ? CacheFixture.Date(offset) : value;
        var fields = new List<(string, string)> { (name, field), ("Date", CacheFixture.Date()) };
        if (age is not null)
        {
            fields.Add(("Age", age));
        }

        fixture.Origin.Then(200, "x", [.. fields]);
        var miss = await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(10.9));

        var hit = await fixture.GetAsync();

        miss["Age"].Should().Be(age, id);
        hit["Age"].Should().Be(expected, id);
    }

    [Theory]
    [InlineData("BLD-3", null, null)]
    [InlineData("BLD-3", "7", "7")]
    public async Task Get_Validated_ShowsAgeOnlyIfThe304CarriedOne(string id, string? age, string? expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "x", ("Cache-Control", "max-age=10"), ("ETag", "\"a\""), ("Age", "3"));
        fixture.Origin.Then(304, null, age is null ? [("ETag", "\"a\"")] : [("ETag", "\"a\""), ("Age", age)]);
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(20));

        (await fixture.GetAsync())["Age"].Should().Be(expected, id);
    }

    [Fact]
    [Trait("Spec", "BLD-4")]
    [Trait("Spec", "HTC-9")]
    [Trait("Spec", "HTC-13")]
    [Trait("Spec", "HTC-14")]
    public async Task Get_Hit_IsTheStoredMessageInAnIndependentCopy()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(
                404,
                "gone fishing",
                ("Cache-Control", "max-age=60"),
                ("Date", CacheFixture.Date()),
                ("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT"),
                ("Set-Cookie", "b=2"),
                ("X-Odd", "  spaced  "),
                ("Content-Foo", "bar"),
                ("Content-Language", "de"),
                ("Allow", "GET, PUT"),
                ("Last-Modified", "yesterday, as it were"));
            response.ReasonPhrase = "Nobody Home";
            response.Version = HttpVersion.Version20;
            return response;
        });
        using var first = await fixture.Client.GetAsync("http://h/");
        await first.Content.ReadAsByteArrayAsync();
        using var request = CacheFixture.Request("GET", "http://h/");

        using var hit = await fixture.Client.SendAsync(request);

        hit.GetCacheStatus()!.Hit.Should().BeTrue();
        hit.StatusCode.Should().Be(HttpStatusCode.NotFound);
        hit.ReasonPhrase.Should().Be("Nobody Home");
        hit.Version.Should().Be(HttpVersion.Version20);
        hit.RequestMessage.Should().BeSameAs(request);
        Lines(hit).Should().BeEquivalentTo([.. Lines(first), "Age: 0"]);
        hit.Headers.NonValidated["Set-Cookie"].Should().Equal("a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "b=2");

        hit.Headers.Clear();
        hit.Headers.TryAddWithoutValidation("X-Odd", "changed");
        hit.Content.Headers.Clear();
        hit.StatusCode = HttpStatusCode.OK;
        using var next = await fixture.Client.GetAsync("http://h/");
        Lines(next).Should().BeEquivalentTo([.. Lines(first), "Age: 0"]);
        next.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("BLD-5", null, null)]
    [InlineData("BLD-5", "5", "5")]
    public async Task Get_Hit_HasContentLengthOnlyIfItIsTheLengthOfTheBody(string id, string? declared, string? expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(_ =>
        {
            var response = ScriptedOrigin.Response(200, null, ("Cache-Control", "max-age=60"));
            response.Content = new Http.ScriptedContent("hello"u8.ToArray());
            if (declared is not null)
            {
                response.Content.Headers.TryAddWithoutValidation("Content-Length", declared);
            }

            return response;
        });
        await fixture.GetAsync();

        var hit = await fixture.GetAsync();

        hit.Body.Should().Be("hello");
        hit.Cache.Hit.Should().BeTrue();
        hit["Content-Length"].Should().BeOneOf([expected, "5"], id);
    }

    private static IEnumerable<string> Lines(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(h => h.Key != "Content-Length")
            .SelectMany(h => h.Value.Select(v => $"{h.Key}: {v}"));
}
