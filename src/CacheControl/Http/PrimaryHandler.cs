using System.Net;

namespace HttpCaching.Http;

/// <summary>Inspects the handler at the end of a pipeline.</summary>
internal static class PrimaryHandler
{
    /// <summary>Whether bodies may come decoded: false only if the platform's own handler is at the end, without decompression.</summary>
    /// <param name="handler">The handler below the cache.</param>
    public static bool MayDecode(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        return handler switch
        {
            SocketsHttpHandler sockets => sockets.AutomaticDecompression != DecompressionMethods.None,
            HttpClientHandler client => client.AutomaticDecompression != DecompressionMethods.None,
            _ => true,
        };
    }
}
