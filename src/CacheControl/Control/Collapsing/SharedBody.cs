using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using CacheControl.Http;
using CacheControl.Model;
using CacheControl.Storage;

namespace CacheControl.Control.Collapsing;

/// <summary>
/// A body from the network that several callers read, each at its own pace. Whoever needs bytes that have not arrived yet reads them from the network, for
/// all; who is behind reads what is kept: by the store's writer, and by a <see cref="Spool"/> what that does not take. With one reader nothing is kept but
/// what is being stored anyway.
/// </summary>
/// <remarks>
/// A read from the network is nobody's: it goes on when the reader who began it loses patience, and ends with the body, when the last reader leaves. It
/// therefore never fills a buffer that a caller could take back.
/// </remarks>
internal sealed class SharedBody : FlightResult
{
    private const int TailBytes = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly SharedBodySource _source;
    private readonly Recording? _recording;
    private Stream? _stream;
    private StoredBody? _view;
    private Spool? _spool;
    private byte[]? _tail;
    private int _tailCount;
    private long _available;
    private long _lastProgress;
    private int _readers = 1;
    private bool _isPumping;
    private bool _isEnded;
    private bool _isClosed;
    private Exception? _failure;
    private TaskCompletionSource? _progress;

    /// <summary>A body with one reader.</summary>
    /// <param name="head">The head it belongs to, as it is stored.</param>
    /// <param name="source">Where it comes from and what it is part of.</param>
    /// <param name="sink">Where it is stored; null if it is not.</param>
    public SharedBody(StoredResponse head, SharedBodySource source, IRecordingSink? sink)
    {
        Head = head;
        _source = source;
        _recording = sink is null ? null : new Recording(sink, source.Length);
        _lastProgress = source.Flight.Owner.Clock.Provider.GetTimestamp();
    }

    /// <summary>The head it belongs to, as it is stored; its body length is not known yet.</summary>
    public StoredResponse Head { get; }

    /// <summary>The length that the message has declared, or null.</summary>
    public long? Length => _source.Length;

    /// <summary>Whether a second reader could read from the beginning.</summary>
    public bool IsPrepared => _view is not null || _spool is { Start: 0 };

    /// <summary>Whether nothing has come for so long that the connection may well be dead.</summary>
    public bool IsIdle =>
        _source.Flight.Owner.Clock.Provider.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _source.Flight.Owner.Settings.MaximumWait;

    /// <summary>Sees to it that what arrives is kept from the first byte on. Called before anything is read.</summary>
    /// <returns>False if it can't be: the store's writer can't be read, and there is no room in the spools.</returns>
    public bool Prepare()
    {
        _view ??= _source.Recorder?.OpenWritten();
        _spool ??= _view is null ? _source.Spools.Begin(Length) : null;
        return IsPrepared;
    }

    /// <summary>Lets go of what was prepared, when the body is not shared after all.</summary>
    public void Discard()
    {
        _view?.Dispose();
        _spool?.Dispose();
    }

    /// <summary>Adds readers before the body is known to anybody but the first.</summary>
    public void Reserve(int readers) => _readers += readers;

    /// <summary>Adds a reader who comes late; false if the body can't be read from its beginning any more, or stands still.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_isClosed || _failure is not null || IsIdle)
            {
                return false;
            }

            _readers++;
            if (IsPrepared)
            {
                return true;
            }
        }

        // The store is asked outside of the lock. The place taken before keeps everything that arrives from here on.
        var view = _source.Recorder?.OpenWritten();
        bool isPrepared;
        lock (_gate)
        {
            (_view, view) = _view is null ? (view, null) : (_view, view);
            isPrepared = IsPrepared;
        }

        view?.Dispose();
        if (!isPrepared)
        {
            Leave();
        }

        return isPrepared;
    }

    /// <summary>A reader has no more use for the body. The last one closes it: what is not whole by then is not stored (RFC 9111 §3.3).</summary>
    public void Leave()
    {
        byte[]? tail;
        lock (_gate)
        {
            if (--_readers > 0)
            {
                return;
            }

            _isClosed = true;

            // Somebody may still be reading from the network into it.
            tail = _isPumping ? null : _tail;
            _tail = null;
            _tailCount = 0;
        }

        _recording?.Close();
        _source.Upstream.Dispose();
        _view?.Dispose();
        _spool?.Dispose();
        if (tail is not null)
        {
            ArrayPool<byte>.Shared.Return(tail);
        }

        _source.Flight.Owner.Unlist(_source.Flight);
    }

    /// <summary>Reads bytes from a position on; 0 only at the end.</summary>
    /// <param name="position">The reader's position.</param>
    /// <param name="buffer">Where to put them.</param>
    /// <param name="isOurs">Whether nobody takes the buffer back when the wait is cancelled.</param>
    /// <param name="isFirst">Whether the reader is the one whose request was sent.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, bool isOurs, bool isFirst, CancellationToken cancellationToken)
    {
        var isDirect = isOurs || !cancellationToken.CanBeCanceled;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (Look(position, buffer, isFirst, isDirect, out var count, out var progress))
            {
                case Found.Bytes:
                    return count;
                case Found.Kept:
                    return await ReadKeptAsync(position, buffer[..count], cancellationToken).ConfigureAwait(false);
                case Found.Wait:
                    await progress!.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    var step = PumpAsync(isDirect ? buffer : _tail.AsMemory(0, TailBytes), !isDirect);
                    count = step.IsCompleted || !cancellationToken.CanBeCanceled
                        ? await step.ConfigureAwait(false)
                        : await step.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
                    if (isDirect && count > 0)
                    {
                        return count;
                    }

                    break;
            }
        }
    }

    /// <summary>The same, blocking.</summary>
    public int Read(long position, Memory<byte> buffer, bool isFirst)
    {
        while (true)
        {
            switch (Look(position, buffer, isFirst, isDirect: true, out var count, out var progress))
            {
                case Found.Bytes:
                    return count;
                case Found.Kept:
                    return ReadKept(position, buffer[..count]);
                case Found.Wait:
                    progress!.GetAwaiter().GetResult();
                    break;
                default:
                    if (Pump(buffer) is > 0 and var read)
                    {
                        return read;
                    }

                    break;
            }
        }
    }

    /// <summary>What there is for a reader at a position. Whoever is told to pump has the pump, until it has published what it found.</summary>
    private Found Look(long position, Memory<byte> buffer, bool isFirst, bool isDirect, out int count, out Task? progress)
    {
        (count, progress) = (0, null);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (position < _available)
            {
                count = (int)Math.Min(buffer.Length, _available - position);
                if (position < _available - _tailCount)
                {
                    return Found.Kept;
                }

                _tail.AsSpan((int)(position - (_available - _tailCount)), count).CopyTo(buffer.Span);
                return Found.Bytes;
            }

            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            if (_isEnded)
            {
                // The one whose request was sent sees what it would see without a cache; nobody else takes a short body for a whole one.
                return isFirst || Length is null || Length == _available
                    ? Found.Bytes
                    : throw new HttpIOException(HttpRequestError.ResponseEnded, $"The response ended after {_available} of {Length} bytes.");
            }

            if (_isPumping)
            {
                progress = (_progress ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return Found.Wait;
            }

            // What the tail held is kept elsewhere, or has been read by the only reader there is.
            _isPumping = true;
            _tailCount = 0;
            _tail ??= isDirect ? null : ArrayPool<byte>.Shared.Rent(TailBytes);
            return Found.Pump;
        }
    }

    /// <summary>Reads what comes next from the network, has it kept, and tells everybody. Runs to its end whoever waits for it, and does not throw.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> PumpAsync(Memory<byte> target, bool isTail)
    {
        var count = 0;
        Exception? failure = null;
        try
        {
            _stream ??= await _source.Upstream.ReadAsStreamAsync(CancellationToken.None).ConfigureAwait(false);
            count = await _stream.ReadAsync(target, CancellationToken.None).ConfigureAwait(false);
            if (_recording is not null)
            {
                await (count == 0 ? _recording.EndedAsync() : _recording.ReceivedAsync(target[..count])).ConfigureAwait(false);
            }

            if (SpoolFor(count) is { } spool)
            {
                await spool.AppendAsync(target[..count]).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return Publish(count, isTail, failure);
    }

    private int Pump(Memory<byte> target)
    {
        var count = 0;
        Exception? failure = null;
        try
        {
            _stream ??= _source.Upstream.ReadAsStream();
            count = _stream.Read(target.Span);
            if (_recording is not null)
            {
                Recording.Wait(count == 0 ? _recording.EndedAsync() : _recording.ReceivedAsync(target[..count]));
            }

            SpoolFor(count)?.Append(target.Span[..count]);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return Publish(count, isTail: false, failure);
    }

    /// <summary>What keeps bytes that the store does not take, if anybody but the one who reads them may want them.</summary>
    private Spool? SpoolFor(int count)
    {
        lock (_gate)
        {
            if (_spool is null && count > 0 && (_readers > 1 || _view is not null) && _recording is not { IsSound: true })
            {
                _spool = _source.Spools.BeginAt(_available);
            }

            return count > 0 && !_isClosed ? _spool : null;
        }
    }

    private int Publish(int count, bool isTail, Exception? failure)
    {
        if (failure is not null)
        {
            _recording?.Abort(RecordingEnd.ReadFailed);
        }

        TaskCompletionSource? progress;
        bool isOver;
        lock (_gate)
        {
            _isPumping = false;
            _failure = failure;
            if (failure is null)
            {
                _available += count;
                _tailCount = isTail && !_isClosed ? count : 0;
                _isEnded = count == 0;
            }

            _lastProgress = _source.Flight.Owner.Clock.Provider.GetTimestamp();
            isOver = failure is not null || _isEnded || _available == Length;
            (progress, _progress) = (_progress, null);
        }

        // After the commit: whoever finds no flight from here on finds the response in the store.
        if (isOver)
        {
            _source.Flight.Owner.Land(_source.Flight);
        }

        progress?.SetResult();
        return failure is null ? count : 0;
    }

    private ValueTask<int> ReadKeptAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) =>
        KeptBySpool(position) is { } spool
            ? spool.ReadAsync(position, buffer, cancellationToken)
            : View(position, ref buffer).ReadAsync(position, buffer, cancellationToken);

    private int ReadKept(long position, Memory<byte> buffer) =>
        KeptBySpool(position) is { } spool ? spool.Read(position, buffer) : View(position, ref buffer).Read(position, buffer.Span);

    private Spool? KeptBySpool(long position)
    {
        lock (_gate)
        {
            return _spool is { } spool && position >= spool.Start ? spool : null;
        }
    }

    private StoredBody View(long position, ref Memory<byte> buffer)
    {
        lock (_gate)
        {
            if (_view is null)
            {
                throw new IOException("What has arrived of the response is kept nowhere.");
            }

            if (_spool is not null)
            {
                buffer = buffer[..(int)Math.Min(buffer.Length, _spool.Start - position)];
            }

            return _view;
        }
    }
}
