using System.Runtime.CompilerServices;
using HttpCaching.Control.Flights;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>What is kept of a shared body for readers that are behind: as long as there are some, at any length, and no longer.</summary>
public sealed class SpoolTests
{
    [Theory]
    [InlineData(0L, 100, 100)]
    [InlineData(60L, 100, 40)]
    [InlineData(100L, 100, 0)]
    [InlineData(0L, 200_000, 65_536)]
    [InlineData(65_530L, 200_000, 6)]
    [InlineData(4_000_000_000L, 100, 0)]
    [InlineData(long.MaxValue, 0, 0)]
    [Trait("Spec", "CON-6")]
    public void RoomInMemory_AtAnyOffset_IsWhatIsLeft(long offset, int memoryBytes, int room) =>
        Spool.RoomInMemory(offset, memoryBytes).Should().Be(room);

    [Fact]
    [Trait("Spec", "CON-6")]
    public void Append_BeyondTwoGibibytes_IsReadByThoseWhoAreBehind()
    {
        if (Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") != "full")
        {
            return;
        }

        const int Piece = 64 << 20;
        const int Pieces = 34;
        using var spool = new Spool(0, 0, new SpoolBudget(long.MaxValue), memoryBytes: 100, new SpoolFolder());
        var piece = new byte[Piece];
        for (var i = 0; i < Pieces; i++)
        {
            piece.AsSpan().Fill((byte)i);
            spool.Append(piece);
        }

        var seen = new byte[2];
        for (var i = 1; i < Pieces; i++)
        {
            spool.Read(((long)i * Piece) - 1, seen.AsMemory(0, 1)).Should().Be(1);
            spool.Read((long)i * Piece, seen.AsMemory(1, 1)).Should().Be(1);
            seen.Should().Equal((byte)(i - 1), (byte)i);
        }
    }

    [Fact]
    [Trait("Spec", "CON-11")]
    public void Spool_NotDisposed_GivesItsBudgetBackWhenItIsCollected()
    {
        var factory = new SpoolFactory(new CollapseSettings { MaximumSpooledBytes = 100, MaximumSpoolMemory = 10 });
        Leave(factory);

        Collect();

        factory.Budget.Used.Should().Be(0);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Leave(SpoolFactory factory) => factory.Begin(60)!.Append(new byte[80]);
    }

    [Theory]
    [InlineData("memory", 0, false)]
    [InlineData("memory", 1, false)]
    [InlineData("file", 0, false)]
    [InlineData("file", 1, false)]
    [InlineData("file", 0, true)]
    [InlineData("file", 1, true)]
    [Trait("Spec", "CON-11")]
    public async Task Read_TheOtherReaderHasLeft_NothingIsKeptAnyMore(string place, int leaving, bool isKnown)
    {
        using var fixture = Keeping(place);
        var body = CollapseFixture.Bytes(900_000);
        var all = fixture.GetMany(2);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(isKnown ? body.Length : null, CollapseFixture.Fresh);
        content.Send(body[..200_000]);
        var left = await all[leaving];
        await (await left.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[200_000]);
        var budget = fixture.Cache.Controller.Flights.Spools.Budget;
        budget.Used.Should().BePositive("the other one has read nothing yet");

        left.Dispose();
        using var staying = await all[1 - leaving];
        var stream = await staying.Content.ReadAsStreamAsync();
        var seen = new byte[body.Length];
        await stream.ReadExactlyAsync(seen.AsMemory(0, 200_000));
        content.Send(body[200_000..800_000]);
        await stream.ReadExactlyAsync(seen.AsMemory(200_000, 600_000));

        budget.Used.Should().Be(0, "the only reader has everything that has come");
        content.Send(body[800_000..]).End();
        await stream.ReadExactlyAsync(seen.AsMemory(800_000));
        (await stream.ReadAsync(new byte[1])).Should().Be(0);
        seen.AsSpan().SequenceEqual(body).Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "CON-11")]
    public async Task Get_ABodyOfWhichNothingIsKeptAnyMore_AsksForItself()
    {
        using var fixture = Keeping("memory");
        var all = fixture.GetMany(2);
        var content = (await fixture.Origin.NextAsync()).AnswerSlowly(null, CollapseFixture.Fresh);
        content.Send(new byte[100_000]).Send(new byte[100]);
        (await all[1]).Dispose();
        using var staying = await all[0];
        var stream = await staying.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[100_000]);
        await stream.ReadExactlyAsync(new byte[100]);

        _ = fixture.Get();

        (await fixture.Origin.NextAsync()).Should().NotBeNull();
        fixture.Origin.Count.Should().Be(2);
    }

    [Fact]
    [Trait("Spec", "CON-11")]
    public async Task Get_AfterResponsesThatNobodyDisposed_IsSharedAgain()
    {
        using var fixture = Keeping("memory", o => o.Limits.MaximumSpooledBytes = 100_000);
        var origin = new ForgetfulOrigin();
        using var client = new HttpClient(new CachingHandler(fixture.Cache) { InnerHandler = origin });
        await LeaveAsync(client, origin);
        var budget = fixture.Cache.Controller.Flights.Spools.Budget;
        budget.Used.Should().Be(90_000);

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await BurstAsync(client, origin);
        origin.Count.Should().Be(4, "there is no room, so each of the three asks");
        Collect();

        budget.Used.Should().Be(0);
        await BurstAsync(client, origin);
        origin.Count.Should().Be(5, "there is room again");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task LeaveAsync(HttpClient client, ForgetfulOrigin origin)
        {
            var (one, other) = (client.GetAsync("http://h/left", HttpCompletionOption.ResponseHeadersRead), client.GetAsync("http://h/left", HttpCompletionOption.ResponseHeadersRead));
            origin.Answer();
            await one;
            await other;
        }

        static async Task BurstAsync(HttpClient client, ForgetfulOrigin origin)
        {
            var uri = $"http://h/{origin.Count}";
            var all = Enumerable.Range(0, 3).Select(_ => client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead)).ToArray();
            origin.Answer();
            foreach (var one in all)
            {
                using var response = await one;
                (await response.Content.ReadAsByteArrayAsync()).Should().HaveCount(90_000);
            }
        }
    }

    private static CollapseFixture Keeping(string place, Action<HttpCacheOptions>? configure = null) => new(
        o =>
        {
            o.Limits.MaximumSpoolMemory = place == "file" ? 0 : 100_000;
            configure?.Invoke(o);
        },
        new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumEntryBytes = 50_000 }));

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>An origin whose first request waits, and which keeps no response.</summary>
    private sealed class ForgetfulOrigin : HttpMessageHandler
    {
        private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; private set; }

        public void Answer() => Interlocked.Exchange(ref _gate, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            if (Count is 1 or 2 or 5)
            {
                await _gate.Task;
            }

            var response = ScriptedOrigin.Response(200, null, CollapseFixture.Fresh);
            response.Content = new ByteArrayContent(new byte[90_000]);
            response.Content.Headers.ContentLength = 90_000;
            response.RequestMessage = request;
            return response;
        }
    }
}
