using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HttpCaching;

/// <summary>One request that is not a plain hit, on its way through the cache and, if that asks, through the rest of the pipeline.</summary>
/// <param name="context">The exchange.</param>
/// <param name="next">The rest of the pipeline.</param>
/// <param name="cache">The cache.</param>
/// <param name="logger">Is told of failures that a stored response has covered.</param>
internal sealed partial class EndpointExchange(HttpContext context, RequestDelegate next, HttpCache cache, ILogger logger)
{
    private const string CacheStatus = "Cache-Status";

    private readonly IHttpResponseFeature _response = context.Features.GetRequiredFeature<IHttpResponseFeature>();
    private readonly IHttpResponseBodyFeature _body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly ResponseHeadReader _reader = new(context.Features.GetRequiredFeature<IHttpResponseFeature>());
    private HttpRequestMessage _request = null!;
    private List<KeyValuePair<string, StringValues>>? _replaced;
    private EndpointRun? _run;

    /// <summary>Answers the request.</summary>
    /// <param name="request">The request as a message.</param>
    public async Task RunAsync(HttpRequestMessage request)
    {
        _request = request;
        HttpResponseMessage response;
        try
        {
            response = await cache.SendAsync(request, AskAsync, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await AfterFailureAsync(exception).ConfigureAwait(false);
            return;
        }

        using (response)
        {
            if (_run is { } run && ReferenceEquals(run.Message, response))
            {
                await PassAsync(run, response).ConfigureAwait(false);
            }
            else
            {
                await AnswerAsync(response).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Has the rest of the pipeline answer a message.</summary>
    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        if (_run is { } former)
        {
            // Its answer has been of no use.
            await DiscardAsync(former).ConfigureAwait(false);
            _reader.Restore();
        }

        SetFields(message);
        _run = new EndpointRun(context, _reader, message, hasConditions: !ReferenceEquals(message, _request));
        return await _run.BeginAsync(next).ConfigureAwait(false);
    }

    /// <summary>The client gets the response of the endpoint, while the cache may store it.</summary>
    private async Task PassAsync(EndpointRun run, HttpResponseMessage response)
    {
        if (!_response.HasStarted && response.Headers.NonValidated.TryGetValues(CacheStatus, out var lines) && lines.Count > run.OtherCaches)
        {
            _response.Headers.Append(CacheStatus, lines.Last());
        }

        try
        {
            await response.Content.CopyToAsync(run.Client, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The endpoint has had it already, or throws it below.
        }

        await run.LeaveAsync(reachesClient: true).ConfigureAwait(false);
        PutBack();
        run.ThrowIfFailed();
    }

    /// <summary>The client gets a response of the cache. If that goes on where a stored part ends, the endpoint writes the rest of it.</summary>
    private async Task AnswerAsync(HttpResponseMessage response)
    {
        var goesOn = _run is { Message: not null, Content.IsDisposed: false };
        if (_run is { } former && !goesOn)
        {
            await DiscardAsync(former).ConfigureAwait(false);
            if (former.Failure is { } failure)
            {
                LogCovered(logger, failure);
            }
        }

        _reader.Restore();
        PreparedHead.Write(response, _response);
        Exception? thrown = null;
        var client = new ClientStream(_body) { Way = WayOut.Pipe, EndsWithClient = true };
        try
        {
            // Not with the token of the request, which is also that of middleware before: a body that ends with its patience would look whole.
            await response.Content.CopyToAsync(client, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        if (goesOn)
        {
            // The rest is not read any more: the endpoint must not wait for that.
            response.Dispose();
            await DiscardAsync(_run!).ConfigureAwait(false);
            _run!.ThrowIfFailed();
        }

        // The client has gone, or the endpoint has ended because of it.
        if (thrown is not null && !client.Flushed.IsCompleted && !(goesOn && context.RequestAborted.IsCancellationRequested))
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private async Task AfterFailureAsync(Exception exception)
    {
        if (_run is not { } run)
        {
            // The cache is out of order, or the client has gone: without a cache the endpoint would be asked all the same.
            await next(context).ConfigureAwait(false);
            return;
        }

        // An answer to the cache's own condition is of no use to the client.
        var reachesClient = _replaced is null;
        await run.LeaveAsync(reachesClient).ConfigureAwait(false);
        PutBack();
        run.ThrowIfFailed();
        if (!reachesClient && run.Message is not null)
        {
            ExceptionDispatchInfo.Throw(exception);
        }
    }

    private async Task DiscardAsync(EndpointRun run)
    {
        await run.LeaveAsync(reachesClient: false).ConfigureAwait(false);
        run.DropCallbacks();
        PutBack();
    }

    /// <summary>Gives the endpoint the fields that the cache asks with.</summary>
    private void SetFields(HttpRequestMessage message)
    {
        if (ReferenceEquals(message, _request))
        {
            return;
        }

        var (asked, own) = (message.Headers.NonValidated, _request.Headers.NonValidated);
        foreach (var (name, values) in asked)
        {
            if (!own.TryGetValues(name, out var before) || !values.SequenceEqual(before))
            {
                Replace(name, new StringValues([.. values]));
            }
        }

        foreach (var (name, _) in own)
        {
            if (!asked.Contains(name))
            {
                Replace(name, StringValues.Empty);
            }
        }
    }

    private void Replace(string name, StringValues values)
    {
        var headers = context.Request.Headers;
        (_replaced ??= []).Add(KeyValuePair.Create(name, headers[name]));
        headers[name] = values;
    }

    private void PutBack()
    {
        foreach (var (name, values) in _replaced ?? [])
        {
            context.Request.Headers[name] = values;
        }

        _replaced = null;
    }

    [LoggerMessage(1, LogLevel.Error, "An endpoint failed. Its client got a stored response instead, which may be stale.")]
    private static partial void LogCovered(ILogger logger, Exception exception);
}
