using System.Net;

namespace HttpCaching.DependencyInjection;

/// <summary>The settings by which a primary handler of the platform does more than send.</summary>
/// <param name="Redirects">How many redirects it follows; 0 for none.</param>
/// <param name="Decompression">What it decodes.</param>
internal readonly record struct PrimarySettings(int Redirects, DecompressionMethods Decompression)
{
    /// <summary>The settings of a handler; null if it is not one of the platform's own, of which nothing is known.</summary>
    /// <param name="primary">The handler.</param>
    public static PrimarySettings? Of(HttpMessageHandler primary) => primary switch
    {
        SocketsHttpHandler sockets => new(sockets.AllowAutoRedirect ? sockets.MaxAutomaticRedirections : 0, sockets.AutomaticDecompression),

        // A class derived from it may do anything with a request.
        HttpClientHandler client when client.GetType() == typeof(HttpClientHandler) =>
            new(client.AllowAutoRedirect ? client.MaxAutomaticRedirections : 0, client.AutomaticDecompression),
        _ => null,
    };

    /// <summary>Switches off what the handler does; false if it can't be switched off because it has sent requests already.</summary>
    /// <param name="primary">The handler.</param>
    public bool TrySwitchOff(HttpMessageHandler primary)
    {
        try
        {
            // Even a setter that changes nothing throws once the handler has started.
            if (Redirects > 0)
            {
                SetRedirects(primary, false);
            }

            if (Decompression != DecompressionMethods.None)
            {
                SetDecompression(primary, DecompressionMethods.None);
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void SetRedirects(HttpMessageHandler primary, bool value)
    {
        if (primary is SocketsHttpHandler sockets)
        {
            sockets.AllowAutoRedirect = value;
        }
        else
        {
            ((HttpClientHandler)primary).AllowAutoRedirect = value;
        }
    }

    private static void SetDecompression(HttpMessageHandler primary, DecompressionMethods value)
    {
        if (primary is SocketsHttpHandler sockets)
        {
            sockets.AutomaticDecompression = value;
        }
        else
        {
            ((HttpClientHandler)primary).AutomaticDecompression = value;
        }
    }
}
