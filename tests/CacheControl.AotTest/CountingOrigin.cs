namespace HttpCaching.AotTest;

/// <summary>An origin in the process: every response may be used for an hour, unless the path says otherwise.</summary>
/// <param name="content">The content of every response; a long text without it.</param>
internal sealed class CountingOrigin(string? content = null) : HttpMessageHandler
{
    private int _requests;

    public int Requests => _requests;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        var response = new HttpResponseMessage { Content = new StringContent(content ?? new string('x', 100_000)), RequestMessage = request };
        response.Headers.Date = DateTimeOffset.UtcNow;
        response.Headers.TryAddWithoutValidation("Cache-Control", request.RequestUri!.AbsolutePath == "/uncached" ? "no-store" : "max-age=3600");
        return response;
    }
}
