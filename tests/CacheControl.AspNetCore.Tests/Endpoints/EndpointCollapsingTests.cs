using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>Requests for one URI at the same time run the endpoint once, and fail for themselves if it fails.</summary>
public sealed class EndpointCollapsingTests
{
    private const int Callers = 8;

    [Theory]
    [InlineData("max-age=60", 1)]
    [InlineData("no-store", Callers)]
    public async Task Requests_ThatMissAtTheSameTime_WaitForOneRun(string cacheControl, int asked)
    {
        var (arrived, gate) = (new CountdownEvent(Callers), new TaskCompletionSource());
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                await gate.Task;
                context.Response.Headers.CacheControl = cacheControl;
                await context.Response.WriteAsync("hello");
            },
            Counted(arrived));

        var all = Enumerable.Range(0, Callers).Select(_ => site.AskAsync("GET /a HTTP/1.1")).ToArray();
        await Task.Run(() => arrived.Wait(TimeSpan.FromSeconds(30)));
        gate.SetResult();

        (await Task.WhenAll(all)).Should().OnlyContain(answer => answer.StartsWith("HTTP/1.1 200 OK\r\n") && answer.EndsWith("\r\n5\r\nhello\r\n0\r\n\r\n"));
        site.Asked.Should().Be(asked);
    }

    [Fact]
    public async Task EachOfThem_FailsForItself()
    {
        var (arrived, gate) = (new CountdownEvent(Callers), new TaskCompletionSource());
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                await gate.Task;
                throw new InvalidOperationException("no");
            },
            Counted(arrived));

        var all = Enumerable.Range(0, Callers).Select(_ => site.AskAsync("GET /a HTTP/1.1")).ToArray();
        await Task.Run(() => arrived.Wait(TimeSpan.FromSeconds(30)));
        gate.SetResult();

        (await Task.WhenAll(all)).Should().OnlyContain(answer => answer.StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
        site.Asked.Should().Be(Callers);
        site.Failures.Should().HaveCount(Callers).And.OnlyContain(failure => failure.EndsWith("InvalidOperationException no"));
    }

    [Fact]
    public async Task AClientThatGoes_LeavesTheOthersTheirResponse()
    {
        var (arrived, gone) = (new CountdownEvent(2), new TaskCompletionSource());
        var turn = 0;
        await using var site = await Site.StartAsync(
            isCached: true,
            async context =>
            {
                if (Interlocked.Increment(ref turn) == 1)
                {
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                    gone.SetResult();
                    context.RequestAborted.ThrowIfCancellationRequested();
                }

                context.Response.Headers.CacheControl = "max-age=60";
                await context.Response.WriteAsync("hello");
            },
            Counted(arrived));

        using var first = await site.ConnectAsync("GET /a HTTP/1.1");
        while (Volatile.Read(ref turn) == 0)
        {
            await Task.Yield();
        }

        var second = site.AskAsync("GET /a HTTP/1.1");
        await Task.Run(() => arrived.Wait(TimeSpan.FromSeconds(30)));
        first.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        first.Close();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));

        (await second).Should().EndWith("\r\n5\r\nhello\r\n0\r\n\r\n");
        site.Asked.Should().Be(2);
    }

    private static SiteOptions Counted(CountdownEvent arrived) => new()
    {
        Before = app => app.Use((context, next) =>
        {
            var going = next();
            arrived.Signal();
            return going;
        }),
    };
}
