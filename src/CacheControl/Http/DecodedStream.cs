using System.IO.Compression;
using System.Runtime.ExceptionServices;

namespace HttpCaching.Http;

/// <summary>
/// Decodes a body during the read, with the same result as the platform's decoding. It also reads the end of the framing, so that the recording of the coded
/// bytes below learns that they were complete. It reports bytes that can't be decoded, or that continue after the end of the data.
/// </summary>
internal sealed class DecodedStream : ForwardReadStream
{
    /// <summary>The gzip coding (RFC 9110 §8.4.1.3).</summary>
    public const string Gzip = "gzip";

    /// <summary>The deflate coding, which is the zlib format (RFC 9110 §8.4.1.2); some servers send bare deflate data.</summary>
    public const string Deflate = "deflate";

    /// <summary>The Brotli coding (RFC 7932).</summary>
    public const string Brotli = "br";

    private const int ZlibMethod = 8;

    // The wait of a reader with all its data for the end of the framing, and the time that this may then take without the reader.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly CodedStream _coded;
    private readonly string _coding;
    private readonly HttpContent _content;
    private readonly CancellationTokenSource _giveUp = new();
    private Func<ValueTask>? _report;
    private Stream? _decoder;
    private Task? _ending;
    private int _isBusy;
    private bool _hasFailed;
    private ExceptionDispatchInfo? _brokenOff;
    private int _isClosed;

    /// <summary>Decodes a stream.</summary>
    /// <param name="coded">The coded bytes; disposed with this stream.</param>
    /// <param name="coding">One of the codings above.</param>
    /// <param name="content">The source of the bytes; disposed after them.</param>
    /// <param name="report">Called once, if the bytes do not match the coding, or continue after its end.</param>
    public DecodedStream(Stream coded, string coding, HttpContent content, Func<ValueTask>? report)
    {
        _coded = new CodedStream(coded);
        _coding = coding;
        _content = content;
        _report = report;
    }

    /// <inheritdoc/>
    public override bool CanRead => Volatile.Read(ref _isClosed) == 0;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (!Begin())
        {
            return 0;
        }

        try
        {
            _decoder ??= Decoder(_coding == Deflate ? _coded.Peek() : 0);
            var count = _decoder.Read(buffer);
            if (count == 0 && buffer.Length > 0)
            {
                Wait(_ending = EndAsync());
            }

            return count;
        }
        catch (Exception exception)
        {
            if (HasFailed(exception))
            {
                Wait(ReportAsync());
            }

            throw;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!Begin())
        {
            return 0;
        }

        try
        {
            _decoder ??= Decoder(_coding == Deflate ? await _coded.PeekAsync(cancellationToken).ConfigureAwait(false) : 0);
            var count = await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && buffer.Length > 0)
            {
                await WaitAsync(_ending = EndAsync()).ConfigureAwait(false);
            }

            return count;
        }
        catch (Exception exception)
        {
            if (HasFailed(exception))
            {
                await WaitAsync(ReportAsync()).ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <inheritdoc/>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        base.CopyTo(destination, bufferSize);
        if (_coding == Gzip && _ending is not null)
        {
            // As below. Of the platform's decoders only gzip's copies like this without tasks.
            _ending.Wait();
            _brokenOff?.Throw();
            _coded.Skip();
        }
    }

    /// <inheritdoc/>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        await base.CopyToAsync(destination, bufferSize, cancellationToken).ConfigureAwait(false);
        if (_coding != Brotli && _ending is not null)
        {
            // The platform's decoder copies to the end of the framing, and fails if that ends early after the data. A read does not fail.
            await _ending.WaitAsync(cancellationToken).ConfigureAwait(false);
            _brokenOff?.Throw();
            await _coded.SkipAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Leave() is { } ending)
        {
            await WaitAsync(ending).ConfigureAwait(false);
            Release(ending);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Leave() is { } ending)
        {
            Wait(ending);
            Release(ending);
        }

        base.Dispose(disposing);
    }

    private static void Wait(Task task)
    {
        // None of these tasks fails.
        if (!task.IsCompleted)
        {
            task.Wait(Patience);
        }
    }

    private static async ValueTask WaitAsync(Task task)
    {
        if (!task.IsCompleted)
        {
            await task.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Stream Decoder(int firstByte) => _coding switch
    {
        Gzip => new GZipStream(_coded, CompressionMode.Decompress),
        Brotli => new BrotliStream(_coded, CompressionMode.Decompress),
        _ when (firstByte & 0x0f) == ZlibMethod => new ZLibStream(_coded, CompressionMode.Decompress),
        _ => new DeflateStream(_coded, CompressionMode.Decompress),
    };

    private bool Begin()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        if (_ending is not null)
        {
            return false;
        }

        Volatile.Write(ref _isBusy, 1);
        return true;
    }

    /// <summary>Records that a read has failed. Returns true if the decoder could decode nothing.</summary>
    private bool HasFailed(Exception exception)
    {
        _hasFailed = true;
        return exception is InvalidDataException or InvalidOperationException && !_coded.HasFailed && Volatile.Read(ref _isClosed) == 0;
    }

    /// <summary>Reads the end of the framing after the end of the data, and reports an incomplete body. Does not throw.</summary>
    private async Task EndAsync()
    {
        bool endsHere;
        try
        {
            endsHere = await _coded.EndsHereAsync(_giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Ended early after the data, which the reader has completely.
            _brokenOff = ExceptionDispatchInfo.Capture(exception);
            return;
        }

        if (!endsHere || !IsWhole())
        {
            await ReportAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Continues the read for a reader that has left: it may have stopped because it had its bytes. Does not throw.</summary>
    private async Task ReadOnAsync()
    {
        try
        {
            if (await _decoder!.ReadAsync(new byte[16], _giveUp.Token).ConfigureAwait(false) > 0)
            {
                return;
            }
        }
        catch (Exception)
        {
            return;
        }

        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Whether the data was complete, after the bytes have ended.</summary>
    private bool IsWhole()
    {
        if (_coded.IsEmpty || _coding != Gzip)
        {
            return _coded.IsEmpty || !_coded.IsAskedPastEnd;
        }

        if (!_coded.IsAskedPastEnd)
        {
            return false;
        }

        _coded.Offer();
        try
        {
            return _decoder!.Read(new byte[16]) == 0 && !_coded.IsAskedPastEnd;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async Task ReportAsync()
    {
        try
        {
            await (Interlocked.Exchange(ref _report, null)?.Invoke() ?? default).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The reader's bytes do not depend on it.
        }
    }

    /// <summary>Ends the stream for its reader; null if that was done before.</summary>
    /// <returns>The remaining work. The caller waits for it if it is only the end of the framing.</returns>
    private Task? Leave()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return null;
        }

        if (_ending is not null)
        {
            return _ending;
        }

        // The disposal ends a read that another thread waits for. After a failure the reader has nothing to finish.
        if (_decoder is not null && !_hasFailed && Volatile.Read(ref _isBusy) == 0 && ReadOnAsync() is { IsCompleted: false } readingOn)
        {
            Release(readingOn);
            return null;
        }

        return Task.CompletedTask;
    }

    /// <summary>Disposes the source of the bytes: never during a read, which ends within the limit.</summary>
    private void Release(Task ending)
    {
        if (ending.IsCompleted)
        {
            DisposeSource();
            return;
        }

        _giveUp.CancelAfter(Limit);
        ending.ContinueWith(
            static (_, stream) => ((DecodedStream)stream!).DisposeSource(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void DisposeSource()
    {
        (_decoder ?? _coded).Dispose();
        _content.Dispose();
        _giveUp.Dispose();
    }
}
