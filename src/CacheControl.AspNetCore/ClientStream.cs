using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>Writes to the client by the way that the endpoint has chosen, the pipe or the stream: middleware before the cache may tell them apart.</summary>
/// <param name="body">The server's body.</param>
internal sealed class ClientStream(IHttpResponseBodyFeature body) : OutputStream
{
    /// <summary>How the next bytes go.</summary>
    public WayOut Way { get; set; }

    /// <summary>Whether a write to the pipe fails if the client has gone. Else such bytes vanish, as without a cache.</summary>
    public bool EndsWithClient { get; init; }

    /// <summary>What the last write to the pipe came to.</summary>
    public FlushResult Flushed { get; private set; }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Way switch
        {
            WayOut.Stream => body.Stream.WriteAsync(buffer, cancellationToken),
            WayOut.Pipe => ToPipeAsync(buffer, cancellationToken),
            _ => ToPipe(buffer.Span),
        };

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => body.Stream.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    private ValueTask ToPipe(ReadOnlySpan<byte> bytes)
    {
        body.Writer.Write(bytes);
        return default;
    }

    private async ValueTask ToPipeAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        Flushed = await body.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (EndsWithClient && Flushed.IsCompleted)
        {
            throw new IOException("The client has gone.");
        }
    }
}
