
namespace HttpCaching.Http;

/// <summary>Wraps the stream to which the caller copies a body, and reports every byte to a recording after the caller has it.</summary>
/// <param name="destination">The caller's stream; never disposed here.</param>
/// <param name="recording">Receives the bytes.</param>
internal sealed class RecordingWriteStream(Stream destination, Recording recording) : ForwardStream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        destination.Write(buffer, offset, count);
        using var blocking = BlockingCalls.Enter(blocks: true);
        Recording.Wait(recording.ReceivedAsync(buffer.AsMemory(offset, count)));
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = destination.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully)
        {
            return AwaitAsync(write, buffer);
        }

        write.GetAwaiter().GetResult();
        return recording.ReceivedAsync(buffer);
    }

    /// <inheritdoc/>
    public override void Flush() => destination.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask AwaitAsync(ValueTask write, ReadOnlyMemory<byte> buffer)
    {
        await write.ConfigureAwait(false);
        await recording.ReceivedAsync(buffer).ConfigureAwait(false);
    }
}
