using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HttpCaching.Conformance.Proxy;

/// <summary>
/// A reverse proxy that sends every request through a handler under test. What the suite looks at comes from
/// the origin or from that handler: the proxy itself adds, changes and drops as little as a proxy can.
/// </summary>
internal sealed class TransparentProxy : ISubject
{
    private const string Connected = "Connected";
    private readonly WebApplication server;
    private readonly HttpMessageInvoker invoker;
    private readonly Uri origin;
    private readonly TextWriter? log;
    private readonly ConcurrentQueue<Exception> faults = new();

    private TransparentProxy(Uri origin, Func<HttpMessageHandler, HttpMessageHandler> cache, TextWriter? log)
    {
        this.origin = origin;
        this.log = log is null ? null : TextWriter.Synchronized(log);
        invoker = new HttpMessageInvoker(cache(new OriginSide(this.log) { InnerHandler = CreateSockets() }));
        server = CreateServer();
        server.Run(ForwardAsync);
    }

    /// <inheritdoc/>
    public Uri Address => new(server.Urls.Single());

    /// <summary>What the handler under test threw that was neither the network's failing nor the client's leaving.</summary>
    public IReadOnlyCollection<Exception> Faults => faults;

    /// <param name="origin">Where requests go.</param>
    /// <param name="cache">Puts the handler under test over the one that reaches the origin.</param>
    /// <param name="log">Where every message is written, on both sides of the handler under test.</param>
    public static async Task<TransparentProxy> StartAsync(
        Uri origin, Func<HttpMessageHandler, HttpMessageHandler> cache, TextWriter? log = null)
    {
        var proxy = new TransparentProxy(origin, cache, log);
        await proxy.server.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        invoker.Dispose();
    }

    private static SocketsHttpHandler CreateSockets() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,

        // No traceparent field on requests.
        ActivityHeadersPropagator = null,

        // The handler sends a request again when its connection closes without a response, and the suite would
        // take that for the cache's doing; so each request has one connection, and only one.
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = ConnectOnceAsync,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };

    private static async ValueTask<Stream> ConnectOnceAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryAdd(Connected, true))
        {
            throw new IOException("The origin closed the connection without a response.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static WebApplication CreateServer()
    {
        // The empty builder reads no settings from the environment, and adds no middleware.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        OriginSide.BeginExchange();
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = RequestCopy.Create(context, new Uri(origin, target));
        log?.WriteLine(MessageLog.Describe("client to cache", request));
        HttpResponseMessage response;
        try
        {
            response = await invoker.SendAsync(request, context.RequestAborted);
        }
        catch (Exception error)
        {
            Refuse(context, error);
            return;
        }

        using (response)
        {
            log?.WriteLine(MessageLog.Describe("cache to client", response));
            await RespondAsync(context, response);
        }
    }

    /// <summary>Nothing of a response has come: the client is told so with a status of the proxy's own.</summary>
    private void Refuse(HttpContext context, Exception error)
    {
        log?.WriteLine($"=== no response: {error}");
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        if (error is not HttpRequestException)
        {
            faults.Enqueue(error);
        }

        context.Response.StatusCode = error is HttpRequestException ? StatusCodes.Status502BadGateway : StatusCodes.Status500InternalServerError;
    }

    private async Task RespondAsync(HttpContext context, HttpResponseMessage response)
    {
        try
        {
            await ResponseCopy.SendAsync(context, response, fromOrigin: OriginSide.WasAsked);
        }
        catch (Exception error)
        {
            // The head has gone out, so a body that ends early can only be told by ending the connection early.
            log?.WriteLine($"=== response broken off: {error}");
            if (error is not (HttpRequestException or IOException or OperationCanceledException))
            {
                faults.Enqueue(error);
            }

            context.Abort();
        }
    }
}
