using System.IO.Pipelines;
using System.Net;

namespace HttpCaching;

/// <summary>
/// The body of an endpoint's response as the content of a message. To copy it is to let the endpoint write: its bytes go to the destination in its own call, one by one as it writes them.
/// </summary>
/// <param name="run">The run of the endpoint.</param>
internal sealed class EndpointContent(EndpointRun run) : HttpContent
{
    private Pipe? _pipe;

    /// <summary>Whether the cache has done with it.</summary>
    public bool IsDisposed { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => run.WriteToAsync(stream);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => run.WriteToAsync(stream);

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(Read());

    /// <inheritdoc/>
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => Read();

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        _pipe?.Reader.Complete();
        base.Dispose(disposing);
    }

    /// <summary>For content that goes on where a stored part ends: it is read, and not copied.</summary>
    private Stream Read()
    {
        _pipe = new Pipe();
        _ = FillAsync(_pipe.Writer);
        return _pipe.Reader.AsStream();
    }

    private async Task FillAsync(PipeWriter writer)
    {
        Exception? failure = null;
        try
        {
            await run.WriteToAsync(writer.AsStream(leaveOpen: true)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await writer.CompleteAsync(failure).ConfigureAwait(false);
    }
}
