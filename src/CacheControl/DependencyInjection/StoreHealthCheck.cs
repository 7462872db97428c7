using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HttpCaching.DependencyInjection;

/// <summary>
/// Stores a response of a few bytes under a key of this check's own, reads it and removes it. Its message names the step and the kind of the fault: messages of
/// engines may hold addresses and more.
/// </summary>
/// <param name="store">The registered store.</param>
/// <param name="tier">The memory in front of it, or null.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="limit">How long all steps may take together.</param>
internal sealed class StoreHealthCheck(IHttpCacheStore store, TieredHttpCacheStore? tier, TimeProvider time, TimeSpan limit) : IHealthCheck
{
    private const int BodyBytes = 32;

    private const string Uri = "https://cachecontrol.invalid/health";

    // Processes that check one store at the same moment don't meet.
    private readonly CacheKey _key = new(Uri, $"health:{Guid.NewGuid():N}");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var failed = context.Registration.FailureStatus;
        var progress = new Progress();
        var start = time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string?>? running = null;
        try
        {
            running = RoundTripAsync(progress, stop.Token);
            var refusal = await running.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            var data = new Dictionary<string, object> { ["milliseconds"] = time.GetElapsedTime(start).TotalMilliseconds };
            return refusal is not null ? HealthCheckResult.Degraded(refusal, data: data)
                : tier is { IsFollowing: false, Back: IHttpCacheStoreChanges } ? HealthCheckResult.Degraded("The store works, but does not tell now what other processes change: it is asked more often.", data: data)
                : HealthCheckResult.Healthy("The store stores, reads and removes.", data);
        }
        catch (TimeoutException) when (running is { IsCompleted: false })
        {
            Abandon(running, stop);
            return new HealthCheckResult(failed, $"The store did not {progress.Step} within {limit.TotalMilliseconds:0} ms.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Abandon(running, stop);
            throw;
        }
        catch (Exception exception)
        {
            return new HealthCheckResult(failed, $"The store failed to {progress.Step}: {exception.GetType().Name}.");
        }
    }

    /// <summary>Ends a check whose caller has left, and observes its exception.</summary>
    private static void Abandon(Task? running, CancellationTokenSource stop)
    {
        stop.Cancel();
        running?.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The step that the store failed, or null if it did all.</summary>
    private async Task<string?> RoundTripAsync(Progress progress, CancellationToken cancellationToken)
    {
        var body = new byte[BodyBytes];
        Random.Shared.NextBytes(body);
        var now = time.GetUtcNow();
        var head = new StoredResponse
        {
            Method = "GET",
            TargetUri = Uri,
            StatusCode = 200,
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields([new("Cache-Control", "no-cache")]),
            Times = new ExchangeTimes(now, now),
            BodyLength = BodyBytes,
            Variant = "GET",
            Rank = now.UtcTicks,
            Generation = Random.Shared.NextInt64(1, long.MaxValue),
            BodyId = Random.Shared.NextInt64(1, long.MaxValue),
        };

        progress.Step = "read";
        StoreCommit commit;
        using (var before = await store.ReadAsync(_key, cancellationToken).ConfigureAwait(false))
        {
            commit = new StoreCommit
            {
                Head = head,
                Stamp = before.Stamp,
                Replaces = before.Responses.IsEmpty ? null : before.Responses[0].Generation,
                Retention = TimeSpan.FromMinutes(1),
            };
        }

        progress.Step = "write";
        if (!await WriteAsync(commit, body, cancellationToken).ConfigureAwait(false))
        {
            return "The store would not take a small response.";
        }

        progress.Step = "read back";
        bool holds;
        try
        {
            holds = await HoldsAsync(head, body, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await TryRemoveAsync(head, cancellationToken).ConfigureAwait(false);
            throw;
        }

        progress.Step = "remove";
        await store.RemoveAsync(_key, head.Generation, cancellationToken).ConfigureAwait(false);
        return holds ? null : "The store does not show what it has just taken.";
    }

    /// <summary>Clears up after a fault, which is what there is to report.</summary>
    private async Task TryRemoveAsync(StoredResponse head, CancellationToken cancellationToken)
    {
        try
        {
            await store.RemoveAsync(_key, head.Generation, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is of no use after a minute anyway.
        }
    }

    private async Task<bool> WriteAsync(StoreCommit commit, byte[] body, CancellationToken cancellationToken)
    {
        using var writer = await store.BeginWriteAsync(_key, body.Length, cancellationToken).ConfigureAwait(false);
        return writer is not null
            && await writer.WriteAsync(body, cancellationToken).ConfigureAwait(false)
            && await writer.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HoldsAsync(StoredResponse head, byte[] body, CancellationToken cancellationToken)
    {
        using var after = await store.ReadAsync(_key, cancellationToken).ConfigureAwait(false);
        if (after.Responses.FirstOrDefault(r => r.Generation == head.Generation) is not { } stored)
        {
            return false;
        }

        using var reading = await after.OpenBodyAsync(stored, cancellationToken).ConfigureAwait(false);
        var read = new byte[BodyBytes];
        var count = 0;
        while (count < read.Length && await reading.ReadAsync(count, read.AsMemory(count), cancellationToken).ConfigureAwait(false) is var more and > 0)
        {
            count += more;
        }

        return count == body.Length && read.AsSpan().SequenceEqual(body);
    }

    /// <summary>The step that the check has begun, for its message if the step does not end.</summary>
    private sealed class Progress
    {
        private volatile string _step = "begin";

        public string Step
        {
            get => _step;
            set => _step = value;
        }
    }
}
