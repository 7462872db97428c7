using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>
/// One run of the rest of the pipeline, as the origin of one message. It has the features of the response replaced while it lasts. Its endpoint waits at the head until the cache has decided,
/// and it never outlives the request: the middleware returns after it.
/// </summary>
internal sealed class EndpointRun
{
    private readonly HttpContext _context;
    private readonly ResponseHeadReader _reader;
    private readonly HttpRequestMessage _request;
    private readonly EndpointResponse _response;
    private readonly EndpointLifetime _lifetime;
    private readonly IHttpResponseFeature _realResponse;
    private readonly IHttpResponseBodyFeature _realBody;
    private readonly bool _hasConditions;
    private readonly TaskCompletionSource<HttpResponseMessage> _head = new();
    private readonly TaskCompletionSource _decided = new();
    private readonly TaskCompletionSource _ended = new();
    private ExceptionDispatchInfo? _failure;
    private Task _running = Task.CompletedTask;

    /// <summary>Prepares a run.</summary>
    /// <param name="context">The exchange.</param>
    /// <param name="reader">Makes messages of responses.</param>
    /// <param name="request">The message that is to be answered.</param>
    /// <param name="hasConditions">Whether the cache asks with fields of its own, be they those that the client has sent as well.</param>
    public EndpointRun(HttpContext context, ResponseHeadReader reader, HttpRequestMessage request, bool hasConditions)
    {
        (_context, _reader, _request, _hasConditions) = (context, reader, request, hasConditions);
        var features = context.Features;
        _realResponse = features.GetRequiredFeature<IHttpResponseFeature>();
        _realBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _response = new EndpointResponse(_realResponse, _realBody, features.Get<IHttpBodyControlFeature>(), BeganAsync);
        _lifetime = new EndpointLifetime(features);
        Content = new EndpointContent(this);
    }

    /// <summary>The response, once it has a head.</summary>
    public HttpResponseMessage? Message { get; private set; }

    /// <summary>Its body.</summary>
    public EndpointContent Content { get; }

    /// <summary>The way to the client.</summary>
    public Stream Client => _response.Client;

    /// <summary>The exception that the endpoint has thrown; null if it has not.</summary>
    public Exception? Failure => _failure?.SourceException;

    /// <summary>How many lines of other caches its Cache-Status has.</summary>
    public int OtherCaches { get; private set; }

    /// <summary>Begins the run, and waits for its head.</summary>
    /// <param name="next">The rest of the pipeline.</param>
    /// <exception cref="HttpRequestException">The endpoint failed.</exception>
    public Task<HttpResponseMessage> BeginAsync(RequestDelegate next)
    {
        _context.Features.Set<IHttpResponseFeature>(_response);
        _context.Features.Set<IHttpResponseBodyFeature>(_response);
        _lifetime.Enter();
        _running = RunAsync(next);
        return _head.Task;
    }

    /// <summary>Lets the endpoint write its body, until it has ended.</summary>
    /// <param name="destination">Gets the bytes.</param>
    /// <exception cref="IOException">The endpoint has not written the whole body.</exception>
    public async Task WriteToAsync(Stream destination)
    {
        _response.SendTo(destination);
        _decided.TrySetResult();
        await _ended.Task.ConfigureAwait(false);
        if (_failure is not null || _response.IsBroken || _lifetime.IsAborted)
        {
            throw new IOException("The endpoint has not written the whole body.");
        }
    }

    /// <summary>Waits for the end of the run, whatever it comes to, and takes its features out.</summary>
    /// <param name="reachesClient">Whether a body that has no other place goes to the client, and not nowhere.</param>
    public async Task LeaveAsync(bool reachesClient)
    {
        if (reachesClient && !_decided.Task.IsCompleted)
        {
            _response.SendTo(Client);
        }

        _decided.TrySetResult();
        await _running.ConfigureAwait(false);
        _lifetime.Leave();
        _response.Leave();
        if (ReferenceEquals(_context.Features.Get<IHttpResponseFeature>(), _response))
        {
            _context.Features.Set(_realResponse);
        }

        if (ReferenceEquals(_context.Features.Get<IHttpResponseBodyFeature>(), _response))
        {
            _context.Features.Set(_realBody);
        }
    }

    /// <summary>Forgets the callbacks of a response that is not sent.</summary>
    public void DropCallbacks() => _response.DropCallbacks();

    /// <summary>Throws what the endpoint has thrown, as if nothing were between.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    private async Task RunAsync(RequestDelegate next)
    {
        // An endpoint may block its thread until it has written something. The cache must be able to decide then.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await next(_context).ConfigureAwait(false);
            if (!_response.HasBegunHere)
            {
                await EndUnbegunAsync().ConfigureAwait(false);
            }

            await _response.HandOverUnsentAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            FailHead(exception);
        }

        _ended.TrySetResult();
    }

    /// <summary>The endpoint has ended, and the response has not started: middleware before the cache may still change it.</summary>
    private async Task EndUnbegunAsync()
    {
        // If the client is there all the same, since only middleware before has lost its patience, it gets this response. But a 304 may be for the cache.
        if (_response.IsBroken || (_lifetime.IsAborted && !_hasConditions))
        {
            FailHead(new OperationCanceledException("The endpoint has ended the exchange."));
            await _decided.Task.ConfigureAwait(false);
            return;
        }

        // The stored response is sent in place of it, now.
        if (_response.HasCallbacks && _hasConditions && _realResponse.StatusCode == StatusCodes.Status304NotModified)
        {
            await _response.RunCallbacksAsync().ConfigureAwait(false);
        }

        // Callbacks that are still to run may change the head, after it would have been stored.
        TellHead(mayBeStored: !_response.HasCallbacks);
        await _decided.Task.ConfigureAwait(false);
    }

    private Task BeganAsync()
    {
        TellHead(mayBeStored: true);
        return _decided.Task;
    }

    private void TellHead(bool mayBeStored)
    {
        Message = _reader.Read(_realResponse, Content, mayBeStored);
        if (RequestMessages.IsKnownUser(_context))
        {
            // Middleware below the cache may have found out.
            Message.RequestMessage = RequestMessages.WithCredentials(_request);
        }

        OtherCaches = Message.Headers.NonValidated.TryGetValues("Cache-Status", out var lines) ? lines.Count : 0;
        _head.TrySetResult(Message);
    }

    /// <summary>Tells the cache of a failure in its own words: a request that the endpoint refuses is no failure of the endpoint.</summary>
    private void FailHead(Exception exception)
    {
        Exception told = exception switch
        {
            OperationCanceledException when _context.RequestAborted.IsCancellationRequested => exception,
            BadHttpRequestException => new InvalidOperationException(exception.Message, exception),
            _ => new HttpRequestException(HttpRequestError.InvalidResponse, "The endpoint failed.", exception),
        };
        _head.TrySetException(told);
    }
}
