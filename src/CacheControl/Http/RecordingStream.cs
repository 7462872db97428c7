using System.Runtime.CompilerServices;

namespace HttpCaching.Http;

/// <summary>Reads a body from the network for the caller, at the caller's pace, and reports every byte to a recording.</summary>
/// <param name="inner">The stream to read; disposed with this one.</param>
/// <param name="recording">Receives bytes, end and failure.</param>
internal sealed class RecordingStream(Stream inner, Recording recording) : ForwardReadStream
{
    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <inheritdoc/>
    public override bool CanTimeout => inner.CanTimeout;

    /// <inheritdoc/>
    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read;
        try
        {
            read = inner.Read(buffer, offset, count);
        }
        catch
        {
            recording.Abort(RecordingEnd.ReadFailed);
            throw;
        }

        using var blocking = BlockingCalls.Enter(blocks: true);
        if (read > 0)
        {
            Recording.Wait(recording.ReceivedAsync(buffer.AsMemory(offset, read)));
        }
        else if (count > 0)
        {
            Recording.Wait(recording.EndedAsync());
        }

        return read;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            recording.Interrupted();
            throw;
        }
        catch
        {
            recording.Abort(RecordingEnd.ReadFailed);
            throw;
        }

        if (read > 0)
        {
            await recording.ReceivedAsync(buffer[..read]).ConfigureAwait(false);
        }
        else if (buffer.Length > 0)
        {
            await recording.EndedAsync().ConfigureAwait(false);
        }

        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        recording.Close();
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            recording.Close();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
