using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <summary>
/// A body from the network that several callers read, each at its own pace. If a reader needs bytes that have not arrived yet, it reads them from the network, for
/// all. A slower reader reads the kept bytes: from the store's writer, and the rest from a <see cref="Spool"/>. With one reader, only the bytes that are stored anyway
/// are kept.
/// </summary>
/// <remarks>
/// A read from the network belongs to no reader. It continues if the reader that began it gives up, and is cancelled when the last reader leaves. Therefore
/// it never fills a buffer that a caller could take back. Nor is the content disposed during the read: if a connection is drained for the next request during
/// a read, that request's response goes to the wrong reader.
/// </remarks>
internal sealed partial class SharedBody : FlightResult
{
    private const int TailBytes = 32 * 1024;

    // The flight is the lock of these fields. Each field costs every miss some bytes, so the fields for several readers are in objects of their own.
    private readonly Flight _flight;
    private readonly IWrittenBytes? _written;
    private readonly Recording? _recording;
    private readonly long _length;
    private Stream? _stream;
    private KeptBytes? _kept;
    private byte[]? _tail;
    private long _available;
    private long _lastProgress;
    private int _readers = 1;
    private ushort _tailCount;
    private SharedBodyState _state;
    private CancellationTokenSource? _ending;

    // While a read is running, the task that waiting readers await. After a failure, its exception: then no reader waits.
    private object? _progressOrFailure;

    /// <summary>Creates a body with one reader.</summary>
    /// <param name="flight">The flight that brought it.</param>
    /// <param name="head">Its head, as it is stored.</param>
    /// <param name="upstream">The content from the network; disposed after the last reader has left.</param>
    /// <param name="length">The length that the message has declared, or null.</param>
    /// <param name="written">The written bytes in the store; null if the body is not stored.</param>
    /// <param name="sink">The recorder of the body, or the sink before it; null if there is none.</param>
    public SharedBody(Flight flight, StoredResponse head, HttpContent upstream, long? length, IWrittenBytes? written, IRecordingSink? sink)
    {
        _flight = flight;
        Head = head;
        Upstream = upstream;
        _length = length ?? -1;
        _written = written;
        _recording = sink is null ? null : new Recording(sink, length);
        _lastProgress = Clock.GetTimestamp();
    }

    /// <summary>The content from the network.</summary>
    public HttpContent Upstream { get; }

    /// <summary>Its head, as it is stored; its body length is not known yet.</summary>
    public StoredResponse Head { get; }

    /// <summary>The length that the message has declared, or null.</summary>
    public long? Length => _length < 0 ? null : _length;

    /// <summary>Whether a second reader could read from the beginning.</summary>
    public bool IsPrepared => _kept is { IsWhole: true };

    /// <summary>Whether other requests will find it in the store if it arrives completely.</summary>
    public bool IsBeingStored => _written is not null;

    /// <summary>Whether nothing has come for so long that the connection may be dead.</summary>
    public bool IsIdle => Clock.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _flight.Owner.Settings.MaximumWait;

    private TimeProvider Clock => _flight.Owner.Clock.Provider;

    /// <summary>Makes sure that the bytes are kept from the first one on. Called before anything is read.</summary>
    /// <returns>False if that is impossible: the store's writer can't be read, and there is no room in the spools.</returns>
    public bool Prepare()
    {
        _kept ??= new KeptBytes();
        _kept.Add(_written?.OpenWritten());
        if (!_kept.IsWhole)
        {
            _kept.Add(_flight.Owner.BeginSpool(Length));
        }

        return IsPrepared;
    }

    /// <summary>Frees the prepared objects if the body is not shared after all.</summary>
    public void Discard() => _kept?.Dispose();

    /// <summary>Adds readers before other requests can know the body.</summary>
    public void Reserve(int readers) => _readers += readers;

    /// <summary>Adds a late reader. Returns false if the body can no longer be read from its beginning, or stands still.</summary>
    public bool TryJoin()
    {
        lock (_flight)
        {
            if ((_state & SharedBodyState.Closed) != 0 || _progressOrFailure is Exception || IsIdle)
            {
                return false;
            }

            _readers++;
            _kept ??= new KeptBytes();
            if (IsPrepared)
            {
                return true;
            }
        }

        // The store is asked outside of the lock. The reader's place keeps all bytes that arrive from here on.
        _kept.Add(_written?.OpenWritten());
        if (!IsPrepared)
        {
            Leave();
            return false;
        }

        return true;
    }

    /// <summary>The end of a running commit. After it the store has the response that can no longer be joined; null if there is none.</summary>
    public Task? Commit()
    {
        lock (_flight)
        {
            return (_state & SharedBodyState.Pumping) != 0 && _recording is { IsCompleting: true } ? Progress_NeedsLock() : null;
        }
    }

    /// <summary>A reader leaves the body. The last one closes it: if it is incomplete by then, it is not stored (RFC 9111 §3.3).</summary>
    public void Leave()
    {
        bool isPumping, isBlocking;
        lock (_flight)
        {
            if (--_readers > 0)
            {
                return;
            }

            _state |= SharedBodyState.Closed;
            isPumping = (_state & SharedBodyState.Pumping) != 0;
            isBlocking = (_state & SharedBodyState.Blocking) != 0;
        }

        _recording?.Close();
        if (!isPumping)
        {
            LetGo();
            _flight.Owner.Endings.GiveBack(_ending);
        }

        // If a read is running, it releases the body at its end.
        if (isBlocking)
        {
            NetworkRead.End(Upstream, Volatile.Read(ref _stream), Head.HttpVersion);
        }
        else
        {
            ReadEndings.End(isPumping ? _ending : null);
        }

        _flight.Owner.Close(_flight);
    }

    // There is no reader any more, and no read from the network.
    private void LetGo()
    {
        Upstream.Dispose();
        _kept?.Dispose();
        if (_tail is not null)
        {
            ArrayPool<byte>.Shared.Return(_tail);
        }
    }

    /// <summary>Reads bytes from a position on; 0 only at the end.</summary>
    /// <param name="position">The reader's position.</param>
    /// <param name="buffer">The destination.</param>
    /// <param name="isOurs">Whether the buffer stays valid after the wait is cancelled.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, bool isOurs, SharedContent reader, CancellationToken cancellationToken)
    {
        var isDirect = isOurs || !cancellationToken.CanBeCanceled;
        _flight.Owner.Endings.Provide(ref _ending);
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                // The same exception whether the token is cancelled before the wait or in it, as with the platform's streams.
                throw new TaskCanceledException(null, null, cancellationToken);
            }

            switch (Look(position, buffer, reader, isDirect, out var count, out var progress))
            {
                case BodyStep.Bytes:
                    return count;
                case BodyStep.Kept:
                    return await _kept!.ReadAsync(position, buffer[..count], cancellationToken).ConfigureAwait(false);
                case BodyStep.Wait:
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

    /// <summary>Returns the next step of a reader at a position. If the step is to pump, the reader has the pump until it has published its result.</summary>
    private BodyStep Look(long position, Memory<byte> buffer, SharedContent reader, bool isDirect, out int count, out Task? progress)
    {
        (count, progress) = (0, null);
        lock (_flight)
        {
            ObjectDisposedException.ThrowIf((_state & SharedBodyState.Closed) != 0, this);
            if (!reader.IsFirst && _length >= 0 && _available > _length)
            {
                throw new HttpIOException(HttpRequestError.InvalidResponse, $"The response continues after its {_length} bytes.");
            }

            if (position < _available)
            {
                count = (int)Math.Min(buffer.Length, _available - position);
                if (position < _available - _tailCount)
                {
                    return BodyStep.Kept;
                }

                _tail.AsSpan((int)(position - (_available - _tailCount)), count).CopyTo(buffer.Span);
                return BodyStep.Bytes;
            }

            if (_progressOrFailure is Exception failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            if ((_state & SharedBodyState.Ended) != 0)
            {
                // The leader's caller gets the same as without a cache; no other caller takes a short body for a whole one.
                return reader.IsFirst || Length is null || Length == _available
                    ? BodyStep.Bytes
                    : throw new HttpIOException(HttpRequestError.ResponseEnded, $"The response ended after {_available} of {Length} bytes.");
            }

            if ((_state & SharedBodyState.Pumping) != 0)
            {
                progress = Progress_NeedsLock();
                return BodyStep.Wait;
            }

            // A reader that was disposed during a read is no longer among the readers: the only one may be another, slower one.
            if (_readers == 1 && !reader.HasLeft)
            {
                _kept?.CaughtUpAlone(_recording is { IsSound: true });
            }

            // The bytes of the tail are kept elsewhere, or the only reader has read them.
            _state |= SharedBodyState.Pumping;
            _tailCount = 0;
            _tail ??= isDirect ? null : ArrayPool<byte>.Shared.Rent(TailBytes);
            return BodyStep.Pump;
        }
    }

    private Task Progress_NeedsLock() => ((TaskCompletionSource)(_progressOrFailure ??= new TaskCompletionSource(_flight.Owner.Dispatch.Options))).Task;

    /// <summary>Reads the next bytes from the network, keeps them, and tells all readers. Runs to its end even if no reader waits for it, and does not throw.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> PumpAsync(Memory<byte> target, bool isTail)
    {
        var count = 0;
        Exception? failure = null;
        try
        {
            _kept?.Release();
            _stream ??= await Upstream.ReadAsStreamAsync(_ending!.Token).ConfigureAwait(false);
            count = await _stream.ReadAsync(target, _ending!.Token).ConfigureAwait(false);
            if (_recording is not null)
            {
                await (count == 0 ? _recording.EndedAsync() : _recording.ReceivedAsync(target[..count])).ConfigureAwait(false);
            }

            if (SpoolFor(count) is { } kept)
            {
                await kept.AppendAsync(target[..count]).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return Publish(count, isTail, failure);
    }

    /// <summary>Keeps bytes that the store does not take, if any reader other than the reading one may need them.</summary>
    private KeptBytes? SpoolFor(int count)
    {
        lock (_flight)
        {
            return count > 0 && (_state & SharedBodyState.Closed) == 0
                && _kept?.HasSpoolFrom(_available, _recording is { IsSound: true }, _flight.Owner.Spools) is true ? _kept : null;
        }
    }

    private int Publish(int count, bool isTail, Exception? failure)
    {
        if (failure is not null)
        {
            _recording?.Abort(RecordingEnd.ReadFailed);
        }

        TaskCompletionSource? progress;
        bool isOver, isClosed;
        lock (_flight)
        {
            isClosed = (_state & SharedBodyState.Closed) != 0;
            _state &= ~(SharedBodyState.Pumping | SharedBodyState.Blocking);
            (progress, _progressOrFailure) = (_progressOrFailure as TaskCompletionSource, failure);
            if (failure is null)
            {
                _available += count;
                _tailCount = (ushort)(isTail && !isClosed ? count : 0);
                _state |= count == 0 ? SharedBodyState.Ended : 0;
            }

            _lastProgress = Clock.GetTimestamp();
            isOver = failure is not null || (_state & SharedBodyState.Ended) != 0 || _available == _length;
        }

        if (isClosed)
        {
            LetGo();
        }

        // After the commit: a request that finds no flight from here on finds the response in the store.
        if (isOver)
        {
            _flight.Owner.Land(_flight, isWhole: failure is null);
        }

        if (progress is not null)
        {
            _flight.Owner.Dispatch.GoOn(progress);
        }

        return failure is null ? count : 0;
    }
}
