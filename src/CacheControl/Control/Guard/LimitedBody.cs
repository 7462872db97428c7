using System.Buffers;
using HttpCaching.Control.Time;

namespace HttpCaching.Control.Guard;

/// <summary>
/// A body whose reads are limited in time, and end when the caller says so whatever the store makes of that. A read whose caller has left goes on in a
/// buffer of its own, and the body is released when it has ended.
/// </summary>
/// <param name="body">The store's body.</param>
/// <param name="limit">How long one read may take.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="store">Where a read that took too long is noted.</param>
/// <param name="threads">Where blocking reads are made, which can't be ended: the caller waits for them elsewhere.</param>
internal sealed class LimitedBody(StoredBody body, TimeSpan limit, TimeProvider time, GuardedStore store, BlockingThreads threads) : StoredBody
{
    private const int MostBytes = 64 * 1024;

    // How often a caller that blocks looks whether it has been waiting for too long, or the body was disposed by another thread.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private ReadCount _reads;
    private volatile bool _isOver;
    private TaskCompletionSource? _over;

    /// <inheritdoc/>
    public override long Length => body.Length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new TaskCanceledException(null, null, cancellationToken);
        }

        _reads.Enter(this);
        var own = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, MostBytes));
        Task<int>? reading = null;
        try
        {
            using (BlockingCalls.Begin(limit, time, cancellationToken))
            {
                reading = body.ReadAsync(offset, own.AsMemory(0, Math.Min(buffer.Length, own.Length)), CancellationToken.None).AsTask();
            }

            if (!reading.IsCompleted)
            {
                await BlockingWait.WithinAsync((Task)Task.WhenAny(reading, WhenOver()), limit, time, cancellationToken).ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(!reading.IsCompleted, this);
            }

            var count = await reading.ConfigureAwait(false);
            own.AsMemory(0, count).CopyTo(buffer);
            return count;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && reading is { IsCompleted: false })
        {
            _ = WatchAsync(reading);
            throw;
        }
        catch (TimeoutException exception)
        {
            store.Fault(exception, "read body");
            throw new IOException($"The store did not return the body's bytes within {limit}.", exception);
        }
        finally
        {
            if (reading is { IsCompleted: false })
            {
                _ = SeeToTheEndAsync(reading);
            }
            else
            {
                ArrayPool<byte>.Shared.Return(own);
                Leave();
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        _reads.Enter(this);
        var own = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, MostBytes));
        var reading = Begin(offset, own.AsMemory(0, Math.Min(buffer.Length, own.Length)));
        try
        {
            Wait(reading);
            var count = reading.GetAwaiter().GetResult();
            own.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        catch (TimeoutException exception) when (!reading.IsCompleted)
        {
            store.Fault(exception, "read body");
            throw new IOException($"The store did not return the body's bytes within {limit}.", exception);
        }
        finally
        {
            if (reading.IsCompleted)
            {
                ArrayPool<byte>.Shared.Return(own);
                Leave();
            }
            else
            {
                _ = SeeToTheEndAsync(reading);
            }
        }
    }

    /// <inheritdoc/>
    internal override void EndReads()
    {
        _isOver = true;
        Volatile.Read(ref _over)?.TrySetResult();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        EndReads();
        if (disposing && _reads.Close())
        {
            body.Dispose();
        }
    }

    /// <summary>Ends when the body is disposed, or its reads are to end.</summary>
    private Task WhenOver()
    {
        var over = Volatile.Read(ref _over) ?? Interlocked.CompareExchange(ref _over, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _over!;
        if (_isOver)
        {
            over.TrySetResult();
        }

        return over.Task;
    }

    /// <summary>Begins a blocking read on a thread of its own.</summary>
    private Task<int> Begin(long offset, Memory<byte> buffer) => threads.RunAsync(() =>
    {
        using var blocking = BlockingCalls.Enter(blocks: true);
        using var waiting = BlockingCalls.Begin(limit, time, CancellationToken.None);
        return body.Read(offset, buffer.Span);
    });

    private void Wait(Task reading)
    {
        var start = time.GetTimestamp();
        while (Task.WaitAny([reading], Look) < 0)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            if (limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= limit)
            {
                throw new TimeoutException();
            }
        }
    }

    /// <summary>The caller has left. That the store hangs is to be known all the same.</summary>
    private async Task WatchAsync(Task reading)
    {
        await reading.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompleted)
        {
            store.Fault(new TimeoutException(), "read body");
        }
    }

    // Its buffer is left to the collector: the store may still write into it at any time.
    private async Task SeeToTheEndAsync(Task<int> reading)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The caller has been told something already.
        }

        Leave();
    }

    private void Leave()
    {
        if (_reads.Leave())
        {
            body.Dispose();
        }
    }
}
