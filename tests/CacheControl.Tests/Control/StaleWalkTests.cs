namespace HttpCaching.Tests.Control;

public sealed class StaleWalkTests
{
    private static readonly (string, string) Tag = ("ETag", "\"a\"");

    [Fact]
    [Trait("Spec", "STL-1")]
    public async Task Get_StaleAndOriginHealthy_IsForwarded()
    {
        using var fixture = new CacheFixture(o => (o.StaleIfError, o.Stale.WhenDisconnected) = (TimeSpan.FromHours(1), true));
        await Store(fixture, "max-age=60, stale-if-error=600");
        fixture.Pass(60);
        fixture.Origin.Then(200, "new");

        (await fixture.GetAsync()).Body.Should().Be("new");
    }

    [Theory]
    [InlineData("STL-2", CacheKind.Private, "max-age=60, must-revalidate")]
    [InlineData("STL-2", CacheKind.Private, "max-age=60, no-cache")]
    [InlineData("STL-2", CacheKind.Shared, "max-age=60, proxy-revalidate")]
    [InlineData("STL-2", CacheKind.Shared, "s-maxage=60")]
    public async Task Get_StaleForbidden_FailsHoweverMuchPermitsIt(string spec, CacheKind kind, string cacheControl)
    {
        using var fixture = new CacheFixture(o =>
        {
            o.Kind = kind;
            o.StaleIfError = o.StaleWhileRevalidate = TimeSpan.FromHours(1);
            o.Stale.WhenDisconnected = true;
        });
        await Store(fixture, cacheControl + ", stale-if-error=600, stale-while-revalidate=600");
        fixture.Pass(61);
        fixture.Origin.ThenFails().Then(503, "error");
        (string, string) generous = ("Cache-Control", "max-stale, stale-if-error=600");

        await fixture.Awaiting(f => f.GetAsync(fields: generous)).Should().ThrowAsync<HttpRequestException>(spec);
        (await fixture.GetAsync(fields: generous)).Status.Should().Be(503, spec);
    }

    [Theory]
    [InlineData("STL-2", "max-age=60, no-cache, stale-if-error=600")]
    [InlineData("STL-2", "max-age=60, must-revalidate")]
    public async Task Get_StaleForbiddenInForceCacheMode_IsForwarded(string spec, string cacheControl)
    {
        using var fixture = new CacheFixture();
        await Store(fixture, cacheControl);
        fixture.Pass(61);
        fixture.Origin.Then(200, "new");

        (await fixture.SendAsync(CacheFixture.Request("GET", Walks.Uri).WithCache(HttpCacheMode.ForceCache))).Body.Should().Be("new", spec);
    }

    [Fact]
    [Trait("Spec", "STL-3")]
    public async Task Get_OriginDownAndStaleForbidden_ThrowsTheOriginsException()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, must-revalidate");
        fixture.Pass(61);
        var failure = new HttpRequestException(HttpRequestError.NameResolutionError);
        fixture.Origin.ThenFails(failure);

        (await fixture.Awaiting(f => f.GetAsync()).Should().ThrowAsync<HttpRequestException>()).Which.Should().BeSameAs(failure);
    }

    [Fact]
    [Trait("Spec", "STL-3")]
    public async Task Get_OriginDownAndStaleForbidden_504IfSet()
    {
        using var fixture = new CacheFixture(o => o.Stale.GatewayTimeoutOnFailure = true);
        await Store(fixture, "max-age=60, must-revalidate");
        fixture.Pass(61);
        fixture.Origin.ThenFails();

        (await fixture.GetAsync()).Status.Should().Be(504);
    }

    public static TheoryData<string, string, bool> Failures() => new()
    {
        { "STL-4", nameof(HttpRequestError.NameResolutionError), true },
        { "STL-4", nameof(HttpRequestError.ConnectionError), true },
        { "STL-4", nameof(HttpRequestError.ResponseEnded), true },
        { "STL-4", nameof(HttpRequestError.Unknown), true },
        { "STL-4", nameof(HttpRequestError.SecureConnectionError), false },
        { "STL-4", nameof(HttpRequestError.UserAuthenticationError), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Get_OriginFails_StaleOnlyIfItIsOutOfReach(string spec, string error, bool isStaleServed)
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-if-error=600");
        fixture.Pass(61);
        fixture.Origin.ThenFails(new HttpRequestException(Enum.Parse<HttpRequestError>(error)));

        var get = () => fixture.GetAsync();

        if (isStaleServed)
        {
            (await get()).Body.Should().Be("stored", spec);
        }
        else
        {
            await get.Should().ThrowAsync<HttpRequestException>(spec);
        }
    }

    [Fact]
    [Trait("Spec", "STL-4")]
    public async Task Get_CancelledByCaller_IsCancelled()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-if-error=600");
        fixture.Pass(61);
        using var cancellation = new CancellationTokenSource();
        fixture.Origin.ThenAsync(async (_, token) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return null!;
        });

        await fixture.Client.Awaiting(c => c.GetAsync(Walks.Uri, cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData("STL-4", true)]
    [InlineData("STL-4", false)]
    public async Task Get_DisconnectedWithoutStaleIfError_StaleOnlyByOption(string spec, bool option)
    {
        using var fixture = new CacheFixture(o => o.Stale.WhenDisconnected = option);
        await Store(fixture, "max-age=60");
        fixture.Pass(100_000);
        fixture.Origin.ThenFails();

        var get = () => fixture.GetAsync();

        if (option)
        {
            var stale = await get();
            stale.Body.Should().Be("stored", spec);
            stale["Age"].Should().Be("100000", spec);
            stale.Cache.Reason.Should().Be(CacheReason.Disconnected, spec);
        }
        else
        {
            await get.Should().ThrowAsync<HttpRequestException>(spec);
        }
    }

    [Theory]
    [InlineData("STL-5", 500, 1800, true)]
    [InlineData("STL-5", 502, 1800, true)]
    [InlineData("STL-5", 503, 1800, true)]
    [InlineData("STL-5", 504, 1800, true)]
    [InlineData("STL-5", 503, 1801, false)]
    [InlineData("STL-7", 501, 700, false)]
    [InlineData("STL-7", 505, 700, false)]
    [InlineData("STL-7", 403, 700, false)]
    [InlineData("STL-7", 404, 700, false)]
    public async Task Get_OriginAnswersError_StaleWithinStaleIfError(string spec, int status, int seconds, bool isStaleServed)
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=600, stale-if-error=1200");
        fixture.Pass(seconds);
        fixture.Origin.Then(status, "error");

        var answer = await fixture.GetAsync();

        answer.Status.Should().Be(isStaleServed ? 200 : status, spec);
        answer.Body.Should().Be(isStaleServed ? "stored" : "error", spec);
    }

    [Fact]
    [Trait("Spec", "STL-6")]
    public async Task Get_StaleIfErrorInRequest_CountsForThatRequest()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60");
        fixture.Pass(61);
        fixture.Origin.Then(503, "error").Then(503, "error").Then(503, "error");

        (await fixture.GetAsync(fields: ("Cache-Control", "stale-if-error=60"))).Body.Should().Be("stored");
        (await fixture.SendAsync(CacheFixture.Request("GET", Walks.Uri).WithStaleIfError(TimeSpan.FromSeconds(60)))).Body.Should().Be("stored");
        (await fixture.GetAsync()).Status.Should().Be(503);
    }

    [Theory]
    [InlineData("STL-7", 404)]
    [InlineData("STL-7", 410)]
    public async Task Get_ResourceGone_LaterOutageDoesNotReviveTheOldResponse(string spec, int status)
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-if-error=6000");
        fixture.Pass(61);
        fixture.Origin.Then(status, "gone").ThenFails();

        (await fixture.GetAsync()).Status.Should().Be(status, spec);

        await fixture.Awaiting(f => f.GetAsync()).Should().ThrowAsync<HttpRequestException>(spec);
    }

    [Fact]
    [Trait("Spec", "STL-13")]
    public async Task Get_OriginHangs_StaleBeforeTheClientGivesUp()
    {
        using var fixture = new CacheFixture();
        new HttpCacheOptions().ValidationTimeout.Should().BeLessThan(fixture.Client.Timeout);
        await Store(fixture, "max-age=60, stale-if-error=600");
        fixture.Pass(61);
        Hang(fixture);

        var get = fixture.GetAsync();
        get.IsCompleted.Should().BeFalse();
        fixture.Pass(30);

        (await get).Body.Should().Be("stored");
    }

    [Fact]
    [Trait("Spec", "STL-5")]
    [Trait("Spec", "STL-13")]
    public async Task Get_WindowPassesWhileOriginHangs_FailsRatherThanServesTooStale()
    {
        using var fixture = new CacheFixture();
        await Store(fixture, "max-age=60, stale-if-error=10");
        fixture.Pass(61);
        Hang(fixture);

        var get = fixture.GetAsync();
        fixture.Pass(30);

        await get.Awaiting(g => g).Should().ThrowAsync<Exception>();
    }

    private static async Task Store(CacheFixture fixture, string cacheControl)
    {
        fixture.Origin.Then(200, "stored", ("Cache-Control", cacheControl), Tag);
        await fixture.GetAsync();
    }

    private static void Hang(CacheFixture fixture) => fixture.Origin.ThenAsync(async (_, token) =>
    {
        await Task.Delay(Timeout.Infinite, token);
        return null!;
    });
}
