using HttpCaching.Http;

namespace HttpCaching.Control.Flights;

/// <summary>
/// Records a response that the followers of its flight can't read along: they wait until it is stored. They do not wait for more bytes than a server takes before its client has read any:
/// a slow client holds up no other.
/// </summary>
/// <param name="sink">Records it.</param>
/// <param name="flight">Its flight.</param>
internal sealed class AwaitedSink(IRecordingSink sink, Flight flight) : IRecordingSink
{
    /// <summary>The length of the longest body that is awaited.</summary>
    public const long Longest = 64 * 1024;

    private long _length;

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _length += data.Length;
        if (_length > Longest)
        {
            flight.Release();
        }

        return sink.WriteAsync(data, cancellationToken);
    }

    public async ValueTask CompleteAsync(long length)
    {
        await sink.CompleteAsync(length).ConfigureAwait(false);
        if (flight.Result is null)
        {
            flight.Owner.FoundElsewhere(flight);
        }
    }

    public void Abort(long received, RecordingEnd reason)
    {
        sink.Abort(received, reason);
        flight.Release();
    }
}
