namespace HttpCaching.Http;

/// <summary>Ends a blocking network read of another thread when its bytes are no longer needed.</summary>
internal static class NetworkRead
{
    /// <summary>
    /// Ends the read and releases the content. Never throws. If a content is disposed, the platform drains its connection. Under a blocking read that takes two seconds, and
    /// two threads read from the connection in the meantime. A cancelled read ends the connection immediately, and no request uses it again.
    /// </summary>
    /// <param name="content">The content from the network.</param>
    /// <param name="stream">The stream of it that is being read; <see langword="null"/> if it is unknown.</param>
    /// <param name="httpVersion">The version of the response. From HTTP/2 on, disposal ends the stream immediately.</param>
    public static void End(HttpContent content, Stream? stream, Version httpVersion)
    {
        // Below a stored part is the network's stream of the rest.
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
            // Thrown by the content of a handler below; it does not concern the leaving caller.
        }
    }

    /// <summary>Whether the bytes come from a connection of the platform. Other streams may not support a second read.</summary>
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
            // Cancelled as intended, or refused because a read is running, as over TLS: disposal then ends the connection immediately.
        }
    }
}
