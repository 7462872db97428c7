using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>The short way of a server's request: which may take it, and how its answer is sent.</summary>
internal static class PlainHit
{
    // As much as a server buffers before it waits for the client.
    private const int BufferSize = 64 * 1024;

    /// <summary>The target of a GET without content, as the client wrote it; null if it is anything else, or if another part of the pipeline has changed the request.</summary>
    public static string? TargetOf(HttpContext context)
    {
        var features = context.Features;
        return features.Get<IHttpRequestFeature>() is { Method: "GET", RawTarget: var target, Path: var path, QueryString: var query }
            && target.Length == path.Length + query.Length && target.StartsWith(path, StringComparison.Ordinal) && target.EndsWith(query, StringComparison.Ordinal)
            && features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } && !context.Response.HasStarted
            ? target
            : null;
    }

    /// <summary>Sends a hit.</summary>
    /// <param name="context">The exchange.</param>
    /// <param name="hit">The hit.</param>
    /// <param name="goesOverOthers">Whether its fields take the place of those that the response has already; else they come behind them.</param>
    public static Task SendAsync(HttpContext context, in HttpCacheFrontHit hit, bool goesOverOthers)
    {
        PreparedHead.Of(hit.Head).WriteTo(context, hit.Age, hit.CacheStatusField, goesOverOthers);
        var body = hit.Body;
        if (body.Length == 0)
        {
            body.Dispose();
            return Task.CompletedTask;
        }

        if (!body.TryGetMemory(0, out var bytes) || bytes.Length != body.Length)
        {
            return SendAsync(context, body);
        }

        // To ask for the token of the request makes it. A server drops what it writes to a client that has gone.
        var writing = context.Response.BodyWriter.WriteAsync(bytes, CancellationToken.None);
        if (!writing.IsCompletedSuccessfully)
        {
            return AwaitAsync(writing, body);
        }

        _ = writing.Result;
        body.Dispose();
        return Task.CompletedTask;
    }

    private static async Task AwaitAsync(ValueTask<System.IO.Pipelines.FlushResult> writing, Storage.StoredBody body)
    {
        using (body)
        {
            await writing.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends a body in pieces, as the client takes them. The writer says when the client has gone. The token of the request is also that of middleware before which loses its patience:
    /// a body that ends with it would look whole.
    /// </summary>
    private static async Task SendAsync(HttpContext context, Storage.StoredBody body)
    {
        var writer = context.Response.BodyWriter;
        byte[]? buffer = null;
        using (body)
        {
            try
            {
                for (var position = 0L; position < body.Length;)
                {
                    if (!body.TryGetMemory(position, out var piece))
                    {
                        buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                        piece = buffer.AsMemory(0, await body.ReadAsync(position, buffer, CancellationToken.None).ConfigureAwait(false));
                    }

                    if (piece.IsEmpty)
                    {
                        throw new IOException("The stored body is shorter than it was.");
                    }

                    var flushed = await writer.WriteAsync(piece, CancellationToken.None).ConfigureAwait(false);
                    if (flushed.IsCompleted)
                    {
                        return;
                    }

                    position += piece.Length;
                }
            }
            finally
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }
}
