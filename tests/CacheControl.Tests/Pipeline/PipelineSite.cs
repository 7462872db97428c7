using System.IO.Compression;
using HttpCaching.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace HttpCaching.Tests.Pipeline;

/// <summary>An origin with a redirect to a compressed page, over real sockets.</summary>
internal static class PipelineSite
{
    public const string Text = "a page that is long enough to be worth compressing, is it not; a page that is long enough to be worth compressing";

    public static Task<LoopbackServer> StartAsync() => LoopbackServer.StartAsync(async context =>
    {
        var response = context.Response;
        switch (context.Request.Path)
        {
            case "/old":
                response.StatusCode = 301;
                response.Headers.Location = "/page";
                response.Headers.CacheControl = "max-age=600";
                break;

            case "/page":
                response.Headers.CacheControl = "max-age=600";
                response.Headers.ETag = "\"v1\"";
                response.Headers.Vary = "Accept-Encoding";
                await WriteAsync(context);
                break;

            default:
                response.StatusCode = 404;
                break;
        }
    });

    private static async Task WriteAsync(HttpContext context)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(Text);
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            using var buffer = new MemoryStream();
            await using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            {
                await gzip.WriteAsync(bytes);
            }

            bytes = buffer.ToArray();
            context.Response.Headers.ContentEncoding = "gzip";
        }

        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}
