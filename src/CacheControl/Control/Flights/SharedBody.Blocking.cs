using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <content>
/// Blocking readers. None of them reads from the network itself. They wait for the read like all readers, until they leave, and the read goes on for the others.
/// </content>
internal sealed partial class SharedBody
{
    /// <summary>Reads bytes from a position on, blocking; 0 only at the end.</summary>
    /// <param name="position">The reader's position.</param>
    /// <param name="buffer">The destination.</param>
    /// <param name="reader">The reader; when it leaves, its wait ends.</param>
    public int Read(long position, Memory<byte> buffer, SharedContent reader)
    {
        while (true)
        {
            switch (Look(position, buffer, reader, isDirect: false, out var count, out var progress))
            {
                case BodyStep.Bytes:
                    return count;
                case BodyStep.Kept:
                    return _kept!.Read(position, buffer[..count]);
                case BodyStep.Wait:
                    progress!.Wait(reader.WhenLeft());
                    break;
                case BodyStep.Pump when Upstream is ByteArrayContent or ReadOnlyMemoryContent:
                    Pump();
                    break;
                default:
                    PumpOnThread();
                    break;
            }
        }
    }

    private void PumpOnThread()
    {
        try
        {
            lock (_flight)
            {
                // A reader that left before this could not end a read that had not begun.
                ObjectDisposedException.ThrowIf((_state & SharedBodyState.Closed) != 0, this);
                _state |= SharedBodyState.Blocking;
            }

            _flight.Owner.Threads.Run(Pump);
        }
        catch (Exception exception)
        {
            // Or there are no more threads: the other readers must learn that no read is running.
            Publish(0, isTail: true, exception);
        }
    }

    /// <summary>Reads the next bytes from the network, keeps them, and tells all readers. Does not throw.</summary>
    private void Pump()
    {
        var count = 0;
        Exception? failure = null;
        var target = _tail.AsMemory(0, TailBytes);
        using var blocking = BlockingCalls.Enter(blocks: true);
        try
        {
            _kept?.Release();
            if (_stream is null)
            {
                Volatile.Write(ref _stream, Upstream.ReadAsStream());
            }

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

        Publish(count, isTail: true, failure);
    }
}
