
namespace HttpCaching.Http;

/// <summary>
/// Reads a stored part of a body, then the rest from the network. It returns the last bytes only when the network has no more. So no reader takes a body of
/// another length for the whole one.
/// </summary>
/// <param name="prefix">The stored part.</param>
/// <param name="prefixLength">The number of its bytes.</param>
/// <param name="rest">The rest.</param>
/// <param name="network">The content of the rest.</param>
/// <param name="length">The length of the whole.</param>
/// <param name="spoilt">Called when the part is found to be useless, before reading fails.</param>
internal sealed class PrefixedStream(StoredBody prefix, long prefixLength, Stream rest, HttpContent network, long length, Action spoilt) : ForwardReadStream
{
    private readonly byte[] _beyond = new byte[1];
    private long _position;
    private bool _hasFailed;

    /// <summary>The stream after the stored part.</summary>
    public Stream Rest => rest;

    /// <summary>The content of that stream.</summary>
    public HttpContent Network => network;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (IsOver(buffer.Length))
        {
            return 0;
        }

        try
        {
            if (_position < prefixLength)
            {
                return FromPart(prefix.Read(_position, buffer[..Wanted(buffer.Length)]));
            }

            var count = rest.Read(buffer);
            return FromNetwork(count, _position + count == length ? rest.Read(_beyond) : 0);
        }
        catch (Exception exception)
        {
            Failed(exception);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsOver(buffer.Length))
        {
            return 0;
        }

        try
        {
            if (_position < prefixLength)
            {
                return FromPart(await prefix.ReadAsync(_position, buffer[..Wanted(buffer.Length)], cancellationToken).ConfigureAwait(false));
            }

            var count = await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return FromNetwork(count, _position + count == length ? await rest.ReadAsync(_beyond, cancellationToken).ConfigureAwait(false) : 0);
        }
        catch (Exception exception)
        {
            Failed(exception);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Wanted(int available) => (int)Math.Min(available, prefixLength - _position);

    private bool IsOver(int wanted) =>
        _hasFailed ? throw new IOException("An earlier read of the response has failed.") : wanted == 0 || _position == length;

    private int FromPart(int count)
    {
        if (count <= 0)
        {
            throw new IOException("The stored part is shorter than its recorded length.");
        }

        _position += count;
        return count;
    }

    /// <summary>Counts bytes from the network. They are the last ones only if no byte follows.</summary>
    private int FromNetwork(int count, int beyond)
    {
        if (count == 0 || _position + count + beyond > length)
        {
            spoilt();
            throw count == 0
                ? new HttpIOException(HttpRequestError.ResponseEnded, $"The rest of a stored part ended after {_position} of {length} bytes.")
                : new HttpIOException(HttpRequestError.InvalidResponse, $"The rest of a stored part continues after its {length} bytes.");
        }

        _position += count;
        return count;
    }

    /// <summary>
    /// A failed read loses bytes from the network, so there is no next read. If a part can't be read, or no byte came after it, the next request
    /// would fail too.
    /// </summary>
    private void Failed(Exception exception)
    {
        var isCancelled = exception is OperationCanceledException;
        _hasFailed |= !isCancelled || _position >= prefixLength;
        if (!isCancelled && _position <= prefixLength)
        {
            spoilt();
        }
    }
}
