namespace HttpCaching.Benchmarks.Floors;

/// <summary>The cheapest handler there can be that answers every request with an independent response out of memory.</summary>
/// <param name="body">The body.</param>
internal sealed class FloorHandler(ReadOnlyMemory<byte> body) : DelegatingHandler
{
    /// <summary>An invoker over it.</summary>
    /// <param name="bytes">The length of the body.</param>
    public static HttpMessageInvoker Invoker(int bytes) => new(new FloorHandler(new byte[bytes]));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(SampleResponse.Make(request, body));
}
