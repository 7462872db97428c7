namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>Origins that hang, in each way, for each way of calling: a request ends as a plain client's does.</summary>
[Trait("Spec", "CON-10")]
public sealed class OriginsThatHang
{
    /// <summary>What stands between the caller and the origin.</summary>
    public enum Mode
    {
        /// <summary>Nothing.</summary>
        Plain,

        /// <summary>A cache that has nothing.</summary>
        Miss,

        /// <summary>The same, where requests don't share a response.</summary>
        Uncollapsed,

        /// <summary>A cache that has a stale response.</summary>
        Stale,

        /// <summary>The same, where requests don't share a response.</summary>
        StaleUncollapsed,

        /// <summary>A cache in which another request waits for the same already.</summary>
        Follower,
    }

    public static TheoryData<HangingOf, WayOfCalling, Mode> Cases()
    {
        var data = new TheoryData<HangingOf, WayOfCalling, Mode>();
        foreach (var kind in Enum.GetValues<HangingOf>())
        {
            foreach (var way in Enum.GetValues<WayOfCalling>())
            {
                foreach (var mode in Enum.GetValues<Mode>())
                {
                    data.Add(kind, way, mode);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Request_OriginHangs_EndsAsThatOfAPlainClient(HangingOf kind, WayOfCalling way, Mode mode)
    {
        await using var origin = await HangingOrigin.StartAsync(kind);
        using var sockets = origin.Handler();
        using var cache = new HttpCache(null, new HttpCacheOptions { CollapseRequests = mode is not (Mode.Uncollapsed or Mode.StaleUncollapsed) });
        using HttpMessageHandler handler = mode == Mode.Plain ? sockets : new CachingHandler(cache) { InnerHandler = sockets };
        if (mode is Mode.Stale or Mode.StaleUncollapsed)
        {
            using var client = new HttpClient(handler, disposeHandler: false);
            (await client.GetStringAsync(origin.Address)).Should().Be(HangingOrigin.Whole);
        }

        origin.Hangs = true;
        using var leader = new RequestUnderWay(WayOfCalling.AsyncToken);
        Task<string>? leading = null;
        if (mode == Mode.Follower)
        {
            leading = leader.SendAsync(handler, Get(origin));
            await origin.WhenHanging;
        }

        using var request = new RequestUnderWay(way);
        await request.ShouldEndAsync(request.SendAsync(handler, Get(origin)), origin.WhenHanging);

        if (leading is not null)
        {
            leading.IsCompleted.Should().BeFalse("its caller has not left");
            await leader.ShouldEndAsync(leading, origin.WhenHanging);
        }
    }

    private static HttpRequestMessage Get(HangingOrigin origin) => new(HttpMethod.Get, origin.Address);
}
