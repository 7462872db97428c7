using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>The body of an endpoint's response as a stream.</summary>
/// <param name="response">The response.</param>
/// <param name="control">Says whether the endpoint may block.</param>
internal sealed class EndpointBodyStream(EndpointResponse response, IHttpBodyControlFeature? control) : OutputStream
{
    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await response.SendUnsentAsync(cancellationToken).ConfigureAwait(false);
        await response.WriteAsync(buffer, WayOut.Stream, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => response.FlushStreamAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        response.ThrowIfBlockingIsForbidden(control);
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        response.ThrowIfBlockingIsForbidden(control);
        FlushAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);
}
