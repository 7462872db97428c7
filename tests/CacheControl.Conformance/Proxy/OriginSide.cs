namespace HttpCaching.Conformance.Proxy;

/// <summary>Sits between the handler under test and the network, and notes whether an exchange reached the origin.</summary>
internal sealed class OriginSide(TextWriter? log) : DelegatingHandler
{
    private static readonly AsyncLocal<Exchange?> Current = new();

    /// <summary>Whether the origin was asked in the exchange that the caller belongs to.</summary>
    public static bool WasAsked => Current.Value is { Asked: true };

    public static void BeginExchange() => Current.Value = new Exchange();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Current.Value is { } exchange)
        {
            exchange.Asked = true;
        }

        log?.WriteLine(MessageLog.Describe("cache to origin", request));
        var response = await base.SendAsync(request, cancellationToken);
        log?.WriteLine(MessageLog.Describe("origin to cache", response));
        return response;
    }

    private sealed class Exchange
    {
        public volatile bool Asked;
    }
}
