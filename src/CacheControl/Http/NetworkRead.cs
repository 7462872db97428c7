namespace HttpCaching.Http;

/// <summary>Ends a blocking read from the network that another thread is in, once nobody wants its bytes.</summary>
internal static class NetworkRead
{
    /// <summary>
    /// Ends the read and releases the content. Never throws. The platform drains a connection whose content is disposed, which takes two seconds under a blocking read, and
    /// meanwhile two read from it. A cancelled read ends the connection at once, and nobody uses it again.
    /// </summary>
    /// <param name="content">The content from the network.</param>
    /// <param name="stream">The stream of it that is being read; <see langword="null"/> if it is not known.</param>
    /// <param name="httpVersion">The version of the response. From HTTP/2 on disposal ends the stream at once.</param>
    public static void End(HttpContent content, Stream? stream, Version httpVersion)
    {
        // Below a stored part lies what the network gives of the rest.
        var (network, body) = stream is PrefixedStream joined ? (joined.Network, joined.Rest) : (content, stream);
        if (httpVersion.Major < 2 && body is not null && IsOfConnection(network, body))
        {
            _ = CancelAsync(body);
        }

        try
        {
            content.Dispose();
        }
        catch (Exception)
        {
            // Thrown by content that a handler below has made; not the affair of the one who leaves.
        }
    }

    /// <summary>Whether the bytes come from a connection of the platform. What others have made may not bear a second read.</summary>
    private static bool IsOfConnection(HttpContent content, Stream stream) =>
        content is not (StreamContent or ByteArrayContent or MultipartContent)
        && content.GetType().Assembly == typeof(HttpContent).Assembly
        && stream.GetType().Assembly == typeof(HttpContent).Assembly;

    private static async Task CancelAsync(Stream stream)
    {
        try
        {
            using var cancellation = new CancellationTokenSource();
            var read = stream.ReadAsync(new byte[1], cancellation.Token);
            await cancellation.CancelAsync().ConfigureAwait(false);
            await read.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Cancelled as meant, or refused because a read is under way, as over TLS: disposal ends the connection at once then.
        }
    }
}
