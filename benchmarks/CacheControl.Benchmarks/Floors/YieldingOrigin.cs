namespace HttpCaching.Benchmarks.Floors;

/// <summary>An origin that answers after having given up the thread once, which is the least a network does.</summary>
/// <param name="body">The body.</param>
/// <param name="isStorable">Whether its responses may be stored.</param>
internal sealed class YieldingOrigin(ReadOnlyMemory<byte> body, bool isStorable) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var response = SampleResponse.MakeStorable(request, body, varies: false);
        if (!isStorable)
        {
            response.Headers.Remove("Cache-Control");
            response.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
        }

        return response;
    }
}
