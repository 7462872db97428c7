
namespace HttpCaching.Http;

/// <summary>
/// Decides when a passing body has been received completely (RFC 9112 §8). It tells the sink once that the body is complete, or that it is not.
/// The reader of the body reports here. There is one reader at a time; only <see cref="Abort"/> and <see cref="Close"/> may come from another thread.
/// </summary>
/// <param name="sink">Receives the bytes.</param>
/// <param name="declaredLength">The length that the wire framing declared, or <see langword="null"/> if there was none or the bytes were decoded since.</param>
internal sealed class Recording(IRecordingSink sink, long? declaredLength)
{
    private readonly Lock _gate = new();
    private State _state;
    private RecordingEnd? _pendingEnd;
    private long _received;
    private bool _wasInterrupted;
    private bool _isCompleting;

    private enum State
    {
        /// <summary>Waiting for the reader.</summary>
        Idle,

        /// <summary>The sink is working: an end that is requested now must wait for it.</summary>
        Busy,

        /// <summary>Complete or aborted.</summary>
        Ended,
    }

    /// <summary>Whether the sink has taken everything so far, and nothing has ended the recording early.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Whether all bytes have come and the sink is being told so. It stays true afterwards.</summary>
    public bool IsCompleting => Volatile.Read(ref _isCompleting);

    /// <summary>Bytes have arrived. With a declared length the last of them completes the recording, before the end has been read.</summary>
    /// <param name="data">The bytes.</param>
    public ValueTask ReceivedAsync(ReadOnlyMemory<byte> data)
    {
        if (!TryBegin())
        {
            return default;
        }

        _received += data.Length;
        _wasInterrupted = false;
        if (_received > declaredLength)
        {
            End(RecordingEnd.Mismatch);
            return default;
        }

        ValueTask<bool> write;
        try
        {
            write = sink.WriteAsync(data, CancellationToken.None);
            if (!write.IsCompletedSuccessfully)
            {
                return AwaitWriteAsync(write);
            }
        }
        catch (Exception)
        {
            End(RecordingEnd.SinkFailed);
            return default;
        }

        return AfterWrite(write.Result);
    }

    /// <summary>The body has ended cleanly.</summary>
    public ValueTask EndedAsync()
    {
        if (!TryBegin())
        {
            return default;
        }

        if (declaredLength is not null && _received != declaredLength)
        {
            End(RecordingEnd.Mismatch);
            return default;
        }

        // An end directly after a cancelled read may be caused by the cancellation.
        if (_wasInterrupted)
        {
            End(RecordingEnd.ReadFailed);
            return default;
        }

        return CompleteAsync();
    }

    /// <summary>A read was cancelled; the next one may continue.</summary>
    public void Interrupted() => _wasInterrupted = true;

    /// <summary>Ends the recording unless it is complete. If the sink is working, the recording ends when the sink has finished.</summary>
    /// <param name="reason">The reason.</param>
    public void Abort(RecordingEnd reason)
    {
        lock (_gate)
        {
            if (_state == State.Busy)
            {
                _pendingEnd ??= reason;
            }

            if (_state != State.Idle)
            {
                return;
            }

            _state = State.Ended;
        }

        TellSink(reason);
    }

    /// <summary>No read will follow. A body that was declared empty is complete without a read.</summary>
    public void Close()
    {
        if (declaredLength == 0)
        {
            using var blocking = BlockingCalls.Enter(blocks: true);
            Wait(EndedAsync());
        }

        Abort(RecordingEnd.Disposed);
    }

    /// <summary>Waits, for callers that read synchronously; blocks only if the sink has not finished yet.</summary>
    /// <param name="report">The result of <see cref="ReceivedAsync"/> or <see cref="EndedAsync"/>.</param>
    public static void Wait(ValueTask report)
    {
        if (report.IsCompleted)
        {
            report.GetAwaiter().GetResult();
        }
        else
        {
            report.AsTask().GetAwaiter().GetResult();
        }
    }

    private async ValueTask AwaitWriteAsync(ValueTask<bool> write)
    {
        bool accepted;
        try
        {
            accepted = await write.ConfigureAwait(false);
        }
        catch (Exception)
        {
            End(RecordingEnd.SinkFailed);
            return;
        }

        await AfterWrite(accepted).ConfigureAwait(false);
    }

    private ValueTask AfterWrite(bool accepted)
    {
        if (!accepted)
        {
            End(RecordingEnd.SinkFull);
            return default;
        }

        if (_received == declaredLength)
        {
            return CompleteAsync();
        }

        RecordingEnd? pending;
        lock (_gate)
        {
            pending = _pendingEnd;
            _state = pending is null ? State.Idle : State.Ended;
        }

        if (pending is { } reason)
        {
            TellSink(reason);
        }

        return default;
    }

    private async ValueTask CompleteAsync()
    {
        Volatile.Write(ref _isCompleting, true);
        try
        {
            await sink.CompleteAsync(_received).ConfigureAwait(false);
        }
        catch (Exception)
        {
            End(RecordingEnd.SinkFailed);
            return;
        }

        lock (_gate)
        {
            _state = State.Ended;
        }
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            if (_state != State.Idle)
            {
                return false;
            }

            _state = State.Busy;
            return true;
        }
    }

    private void End(RecordingEnd reason)
    {
        lock (_gate)
        {
            _state = State.Ended;
        }

        TellSink(reason);
    }

    private void TellSink(RecordingEnd reason)
    {
        IsSound = false;
        try
        {
            sink.Abort(_received, reason);
        }
        catch (Exception)
        {
            // The sink is only informed; its faults do not concern the reader.
        }
    }
}
