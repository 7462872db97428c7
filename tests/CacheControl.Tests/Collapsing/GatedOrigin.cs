using System.Collections.Concurrent;
using System.Threading.Channels;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Collapsing;

/// <summary>An origin that answers when the test says so: every request waits at its gate.</summary>
internal sealed class GatedOrigin : HttpMessageHandler
{
    private readonly Channel<GatedRequest> _arrived = Channel.CreateUnbounded<GatedRequest>();
    private readonly ConcurrentQueue<GatedRequest> _all = new();

    /// <summary>How many requests have come so far.</summary>
    public int Count => _all.Count;

    /// <summary>Answers at once instead, if set.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage>? AtOnce { get; set; }

    /// <summary>The next request that has come, or will.</summary>
    public async Task<GatedRequest> NextAsync() => await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var gated = new GatedRequest(SeenRequest.Of(request));
        _all.Enqueue(gated);
        if (AtOnce is { } answer)
        {
            return Sent(answer(request), request);
        }

        _arrived.Writer.TryWrite(gated);
        try
        {
            return Sent(await gated.Answered.WaitAsync(cancellationToken), request);
        }
        catch (OperationCanceledException)
        {
            gated.End();
            throw;
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private static HttpResponseMessage Sent(HttpResponseMessage response, HttpRequestMessage request)
    {
        response.RequestMessage = request;
        return response;
    }
}

/// <summary>A request that waits for its answer.</summary>
internal sealed class GatedRequest(SeenRequest seen)
{
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SeenRequest Seen { get; } = seen;

    public Task<HttpResponseMessage> Answered => _answer.Task;

    /// <summary>Ends when the cache has taken the request back before it was answered.</summary>
    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    public void Answer(int status, string? body, params (string Name, string Value)[] fields) =>
        _answer.SetResult(ScriptedOrigin.Response(status, body, fields));

    /// <summary>Answers with a body that comes in pieces, each when the test says so.</summary>
    public GatedContent AnswerSlowly(long? length, params (string Name, string Value)[] fields) => AnswerSlowly(200, length, fields);

    /// <summary>Answers with a body that comes in pieces, each when the test says so.</summary>
    public GatedContent AnswerSlowly(int status, long? length, params (string Name, string Value)[] fields)
    {
        var response = ScriptedOrigin.Response(status, null, fields);
        var content = new GatedContent();
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        content.Headers.ContentLength = length;
        response.Content = content;
        _answer.SetResult(response);
        return content;
    }

    public void Fail(Exception exception) => _answer.SetException(exception);
}
