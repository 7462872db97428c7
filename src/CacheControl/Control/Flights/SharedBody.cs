using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <summary>
/// A body from the network that several callers read, each at its own pace. Whoever needs bytes that have not arrived yet reads them from the network, for
/// all; who is behind reads what is kept: by the store's writer, and by a <see cref="Spool"/> what that does not take. With one reader nothing is kept but
/// what is being stored anyway.
/// </summary>
/// <remarks>
/// A read from the network is nobody's: it goes on when the reader who began it loses patience, and is cancelled when the last reader leaves. It
/// therefore never fills a buffer that a caller could take back. Nor is the content disposed under it: a connection that is drained for the next request while
/// somebody still reads from it gives that request's response to the wrong one.
/// </remarks>
internal sealed partial class SharedBody : FlightResult
{
    private const int TailBytes = 32 * 1024;

    // The flight is the lock of what follows. Each field costs every miss some bytes, so what only several readers need stands in objects of its own.
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

    // What those who wait for the one who reads are told by, or how that ended: once it has failed nobody waits.
    private object? _progressOrFailure;

    /// <summary>A body with one reader.</summary>
    /// <param name="flight">The flight that brought it.</param>
    /// <param name="head">The head it belongs to, as it is stored.</param>
    /// <param name="upstream">The content from the network; disposed when the last reader has left.</param>
    /// <param name="length">The length that the message has declared, or null.</param>
    /// <param name="written">The bytes that the store has; null if the body is not stored.</param>
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

    /// <summary>The head it belongs to, as it is stored; its body length is not known yet.</summary>
    public StoredResponse Head { get; }

    /// <summary>The length that the message has declared, or null.</summary>
    public long? Length => _length < 0 ? null : _length;

    /// <summary>Whether a second reader could read from the beginning.</summary>
    public bool IsPrepared => _kept is { IsWhole: true };

    /// <summary>Whether others will find it in the store if it arrives whole.</summary>
    public bool IsBeingStored => _written is not null;

    /// <summary>Whether nothing has come for so long that the connection may well be dead.</summary>
    public bool IsIdle => Clock.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _flight.Owner.Settings.MaximumWait;

    private TimeProvider Clock => _flight.Owner.Clock.Provider;

    /// <summary>Sees to it that what arrives is kept from the first byte on. Called before anything is read.</summary>
    /// <returns>False if it can't be: the store's writer can't be read, and there is no room in the spools.</returns>
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

    /// <summary>Lets go of what was prepared, when the body is not shared after all.</summary>
    public void Discard() => _kept?.Dispose();

    /// <summary>Adds readers before the body is known to anybody but the first.</summary>
    public void Reserve(int readers) => _readers += readers;

    /// <summary>Adds a reader who comes late; false if the body can't be read from its beginning any more, or stands still.</summary>
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

        // The store is asked outside of the lock. The place taken before keeps everything that arrives from here on.
        _kept.Add(_written?.OpenWritten());
        if (!IsPrepared)
        {
            Leave();
            return false;
        }

        return true;
    }

    /// <summary>The end of a commit that is under way, after which the store has what can't be read along any more; null if there is none.</summary>
    public Task? Commit()
    {
        lock (_flight)
        {
            return (_state & SharedBodyState.Pumping) != 0 && _recording is { IsCompleting: true } ? Progress_NeedsLock() : null;
        }
    }

    /// <summary>A reader has no more use for the body. The last one closes it: what is not whole by then is not stored (RFC 9111 §3.3).</summary>
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

        // Whoever reads lets go of the body when the read has ended.
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

    // Nobody reads any more, from the network neither.
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
    /// <param name="buffer">Where to put them.</param>
    /// <param name="isOurs">Whether nobody takes the buffer back when the wait is cancelled.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, bool isOurs, SharedContent reader, CancellationToken cancellationToken)
    {
        var isDirect = isOurs || !cancellationToken.CanBeCanceled;
        _flight.Owner.Endings.Provide(ref _ending);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
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

    /// <summary>What there is for a reader at a position. Whoever is told to pump has the pump, until it has published what it found.</summary>
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
                // The one whose request was sent sees what it would see without a cache; nobody else takes a short body for a whole one.
                return reader.IsFirst || Length is null || Length == _available
                    ? BodyStep.Bytes
                    : throw new HttpIOException(HttpRequestError.ResponseEnded, $"The response ended after {_available} of {Length} bytes.");
            }

            if ((_state & SharedBodyState.Pumping) != 0)
            {
                progress = Progress_NeedsLock();
                return BodyStep.Wait;
            }

            // One who was disposed in the middle of a read is not among the readers any more: the only one may be another, who is behind.
            if (_readers == 1 && !reader.HasLeft)
            {
                _kept?.CaughtUpAlone(_recording is { IsSound: true });
            }

            // What the tail held is kept elsewhere, or has been read by the only reader there is.
            _state |= SharedBodyState.Pumping;
            _tailCount = 0;
            _tail ??= isDirect ? null : ArrayPool<byte>.Shared.Rent(TailBytes);
            return BodyStep.Pump;
        }
    }

    private Task Progress_NeedsLock() => ((TaskCompletionSource)(_progressOrFailure ??= new TaskCompletionSource(_flight.Owner.Dispatch.Options))).Task;

    /// <summary>Reads what comes next from the network, has it kept, and tells everybody. Runs to its end whoever waits for it, and does not throw.</summary>
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

    /// <summary>What keeps bytes that the store does not take, if anybody but the one who reads them may want them.</summary>
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

        // After the commit: whoever finds no flight from here on finds the response in the store.
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
