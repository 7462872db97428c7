namespace HttpCaching.Benchmarks.Floors;

/// <summary>An origin that takes its time, and counts how often it is asked.</summary>
/// <param name="delay">The time it takes.</param>
internal sealed class SlowOrigin(TimeSpan delay) : HttpMessageHandler
{
    private static readonly byte[] Body = new byte[1024];
    private int _requests;

    /// <summary>How often it was asked.</summary>
    public int Requests => Volatile.Read(ref _requests);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        await Task.Delay(delay, cancellationToken);
        return SampleResponse.MakeStorable(request, Body, varies: false);
    }
}
