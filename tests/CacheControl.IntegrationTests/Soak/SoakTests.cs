using System.Collections.Concurrent;
using System.Globalization;
using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>
/// A mixed load over real sockets on an origin that does everything wrong that can be done. Twenty seconds; with CACHECONTROL_STRESS=full five minutes.
/// </summary>
[Collection(MeasuredAlone.Name)]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cachecontrol-soak-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Spec", "CON-11")]
    [Trait("Spec", "SRE-1")]
    public async Task RoughOrigin_MixedLoad_EveryBodyIsRightAndNothingIsKept()
    {
        var duration = Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full" ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(20);
        var unobserved = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception.ToString());

        TaskScheduler.UnobservedTaskException += Note;
        await using var origin = new RoughOrigin();
        using var memory = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 16 * 1024 * 1024 });

        // Few records are kept open, so that half the time is enough for as many handles as there will be.
        var few = new FileHttpCacheStoreOptions { MaximumOpenRecords = 8 };
        using var file = new FileHttpCacheStore(Path.Combine(_directory, "file"), few);
        using var near = new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { MaximumBytes = 4 * 1024 * 1024 });
        using var far = new FileHttpCacheStore(Path.Combine(_directory, "far"), few);
        SoakLoad[] loads = [new("memory", origin, memory), new("file", origin, file), new("tiered", origin, new TieredHttpCacheStore(near, far))];
        try
        {
            // What is kept on purpose is not counted: the stores and the origin are still filling up when half the time is over.
            async Task EmptyAsync()
            {
                await memory.ClearAsync(default);
                await near.ClearAsync(default);
                origin.ForgetBodies();
            }

            var before = await RunAsync(loads, origin, duration / 2, seed: 1, EmptyAsync);
            var after = await RunAsync(loads, origin, duration / 2, seed: 1000, EmptyAsync);

            foreach (var load in loads)
            {
                output.WriteLine(load.ToString());
            }

            output.WriteLine($"{origin.Requests} requests reached the origin, {origin.NotModified} answered by 304; {string.Join(", ", origin.Kinds.Select(k => $"{k.Value} times {k.Key}"))}");
            output.WriteLine($"half-way {before}; at the end {after}");
            loads.SelectMany(load => load.Faults).Take(5).Should().BeEmpty();
            loads.Should().OnlyContain(load => load.WholeBodies > 100);
            origin.Kinds.Should().HaveCountGreaterThanOrEqualTo(8, "else something was not tried");
            unobserved.Should().BeEmpty();
            after.Memory.Should().BeLessThan(before.Memory + (before.Memory / 4) + (6 * 1024 * 1024));
            after.Handles.Should().BeLessThan(before.Handles + 20);
        }
        finally
        {
            Array.ForEach(loads, load => load.Dispose());
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    /// <summary>Runs the load, waits until everything has been given back, and measures.</summary>
    private static async Task<Usage> RunAsync(SoakLoad[] loads, RoughOrigin origin, TimeSpan duration, int seed, Func<Task> empty)
    {
        using var end = new CancellationTokenSource(duration);
        await Task.WhenAll(loads.Select((load, i) => load.RunAsync(workers: 6, end.Token, seed + (100 * i)))).WaitAsync(duration + TimeSpan.FromMinutes(2));
        for (var tries = 0; loads.Any(load => load.Store.Open != default) && tries < 300; tries++)
        {
            await Task.Delay(100);
        }

        foreach (var load in loads)
        {
            load.Store.Open.Should().Be((0, 0, 0), $"the {load.Name} store should have got back all snapshots, bodies and writers");
        }

        // Idle ones go after a second, at the next round of who looks for them.
        for (var tries = 0; origin.Connections > 0 && tries < 300; tries++)
        {
            await Task.Delay(100);
        }

        origin.Connections.Should().Be(0, "nobody asks for anything any more");
        await empty();

        // The runtime's pools give back what nobody has asked for during some collections that lie seconds apart.
        for (var i = 0; i < 5; i++)
        {
            Collect();
            await Task.Delay(TimeSpan.FromSeconds(5));
        }

        return Measure();
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static Usage Measure()
    {
        Collect();
        var handles = OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : System.Diagnostics.Process.GetCurrentProcess().HandleCount;
        return new Usage(GC.GetTotalMemory(forceFullCollection: true), handles);
    }

    private sealed record Usage(long Memory, int Handles)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Memory / 1024:N0} KiB of memory and {Handles} handles");
    }
}
