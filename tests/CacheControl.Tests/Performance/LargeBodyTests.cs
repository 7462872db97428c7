using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Tests.Performance;

/// <summary>Bodies of any length pass through in bounded memory, and without waiting for their end, over a real connection.</summary>
[Trait("Spec", "SRE-7")]
[Collection(MeasuredAlone.Name)]
public sealed class LargeBodyTests
{
    private const long Gibibyte = 1L << 30;
    private const long AllowedBytes = 16L << 20;
    private const long Step = 8L << 20;
    private const int Chunk = 256 * 1024;

    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Send_BodyOfOneGibibyte_PassesInBoundedMemoryAndIsNotStored()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var origin = await Origin.StartAsync(Gibibyte, gate: null);
        using var store = new MemoryHttpCacheStore();
        using var client = new HttpClient(new CachingHandler(store));
        var buffer = new byte[Chunk];

        // What connections, compiled code and pools need once is not what a long body costs.
        await DrainAsync(client, new Uri(origin.Address, "/short"), buffer, null, timeout.Token);
        var before = HeldBytes();
        var peak = before;
        var storedBefore = store.Count;
        var read = await DrainAsync(client, origin.Address, buffer, () => peak = Math.Max(peak, HeldBytes()), timeout.Token);

        read.Should().Be(Gibibyte);
        (peak - before).Should().BeLessThan(AllowedBytes);
        store.Count.Should().Be(storedBefore);
    }

    [Fact]
    [Trait("Spec", "HTC-6")]
    public async Task Send_OriginWaitsBeforeTheSecondHalf_TheFirstReachesTheCaller()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        const long Length = 8 * Chunk;
        var gate = new TaskCompletionSource();
        await using var origin = await Origin.StartAsync(Length, gate.Task);
        using var client = new HttpClient(new CachingHandler(new MemoryHttpCacheStore()));

        using var response = await client.GetAsync(origin.Address, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
        var buffer = new byte[Chunk];
        var total = await stream.ReadAsync(buffer, timeout.Token);
        total.Should().BePositive();

        // The origin sends nothing more before this: all of the first half has come while the last byte was not even written.
        while (total < Length / 2)
        {
            total += await stream.ReadAsync(buffer, timeout.Token);
        }

        gate.Task.IsCompleted.Should().BeFalse();
        gate.SetResult();
        for (int count; (count = await stream.ReadAsync(buffer, timeout.Token)) > 0;)
        {
            total += count;
        }

        ((long)total).Should().Be(Length);
    }

    /// <summary>What is referred to. Garbage that the collector has not come to yet says nothing of what a body needs.</summary>
    private static long HeldBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static async Task<long> DrainAsync(HttpClient client, Uri address, byte[] buffer, Action? eachStep, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var total = 0L;
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (total / Step != (total + count) / Step)
            {
                eachStep?.Invoke();
            }

            total += count;
        }

        return total;
    }

    /// <summary>A server on the loopback address whose response may be stored, by its fields, and states no length in the first place.</summary>
    private sealed class Origin : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Origin(WebApplication app)
        {
            _app = app;
            Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        }

        public Uri Address { get; }

        public static async Task<Origin> StartAsync(long length, Task? gate)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            app.Run(context => WriteAsync(context, context.Request.Path == "/short" ? 4 * Chunk : length, gate));
            await app.StartAsync();
            return new Origin(app);
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private static async Task WriteAsync(HttpContext context, long length, Task? gate)
        {
            context.Response.Headers.CacheControl = context.Request.Path == "/short" ? "no-store" : "max-age=3600";
            var chunk = new byte[Chunk];
            for (var sent = 0L; sent < length; sent += chunk.Length)
            {
                if (gate is not null && sent == length / 2)
                {
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await gate;
                }

                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        }
    }
}
