namespace HttpCaching.Http;

/// <summary>
/// The coded bytes on their way into a decoder of the platform, which returns the same as without this stream. This stream
/// sees how the decoder ended: after the end of its data a decoder asks for no more bytes; only gzip's asks for another member.
/// </summary>
/// <remarks>
/// Decoders read ahead, so remaining bytes would end in their buffers unseen. Therefore the last byte of every read is returned alone: a decoder
/// that has ended before does not ask for it.
/// </remarks>
/// <param name="inner">The coded bytes; disposed with this stream.</param>
internal sealed class CodedStream(Stream inner) : ForwardReadStream
{
    // Neither begins a member of gzip nor ends its length, unless the data has almost four gigabytes.
    private const byte Probe = 0xff;

    private const int SkippedAtOnce = 4096;

    private byte _held;
    private bool _hasHeld;
    private bool _hasEnded;
    private bool _isProbing;

    /// <summary>Whether no byte has come.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Whether the bytes themselves could not be read.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the decoder has asked for more when there was no more.</summary>
    public bool IsAskedPastEnd { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <summary>The first byte, which the next read gives again, or -1 if there is none.</summary>
    public int Peek()
    {
        var first = new byte[1];
        return Hold(ReadInner(first), first);
    }

    /// <summary>The first byte, which the next read gives again, or -1 if there is none.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        var first = new byte[1];
        return Hold(await ReadInnerAsync(first, cancellationToken).ConfigureAwait(false), first);
    }

    /// <summary>Whether the bytes end here, after the end of the data. False if bytes remain.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> EndsHereAsync(CancellationToken cancellationToken) =>
        !_hasHeld && (_hasEnded || await ReadInnerAsync(new byte[1], cancellationToken).ConfigureAwait(false) == 0);

    /// <summary>Reads bytes that remain after the end of the data.</summary>
    public void Skip()
    {
        var rest = new byte[SkippedAtOnce];
        while (!_hasEnded && !_isProbing)
        {
            _hasEnded = ReadInner(rest) == 0;
        }
    }

    /// <summary>Reads bytes that remain after the end of the data.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask SkipAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[SkippedAtOnce];
        while (!_hasEnded && !_isProbing)
        {
            _hasEnded = await ReadInnerAsync(rest, cancellationToken).ConfigureAwait(false) == 0;
        }
    }

    /// <summary>
    /// Gives the decoder one more byte, which is not part of the data. If a decoder of gzip asks for another byte after it, its data was cut short; if not, it had
    /// met the end. Call it when everything has been read.
    /// </summary>
    public void Offer() => (_isProbing, _hasHeld, _held, IsAskedPastEnd) = (true, true, Probe, false);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => TryGive(buffer, out var count) ? count : Took(ReadInner(buffer), buffer);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryGive(buffer.Span, out var count) ? count : Took(await ReadInnerAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Span);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadInner(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HasFailed = true;
            throw;
        }
    }

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HasFailed = true;
            throw;
        }
    }

    private int Hold(int count, byte[] first)
    {
        if (count == 0)
        {
            _hasEnded = true;
            return -1;
        }

        IsEmpty = false;
        (_hasHeld, _held) = (true, first[0]);
        return _held;
    }

    private bool TryGive(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_hasHeld && buffer.Length > 0)
        {
            _hasHeld = false;
            buffer[0] = _held;
            count = 1;
            return true;
        }

        // After the end, the stream below is not asked again.
        var isOver = buffer.Length > 0 && (_isProbing || _hasEnded);
        IsAskedPastEnd |= isOver;
        return isOver;
    }

    private int Took(int count, Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return count;
        }

        if (count == 0)
        {
            _hasEnded = true;
            IsAskedPastEnd = true;
            return 0;
        }

        IsEmpty = false;
        if (count == 1)
        {
            return 1;
        }

        (_hasHeld, _held) = (true, buffer[count - 1]);
        return count - 1;
    }
}
