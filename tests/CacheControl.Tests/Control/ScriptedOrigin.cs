using System.Net;

namespace HttpCaching.Tests.Control;

/// <summary>An origin whose answers are given by the test, and which notes what it was asked.</summary>
internal sealed class ScriptedOrigin : HttpMessageHandler
{
    private readonly Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _script = new();

    public List<SeenRequest> Requests { get; } = [];

    /// <summary>What answers when the script is at its end.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage>? Otherwise { get; set; }

    public ScriptedOrigin Then(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _script.Enqueue((request, _) => Task.FromResult(answer(request)));
        return this;
    }

    public ScriptedOrigin ThenAsync(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public ScriptedOrigin Then(int status, string? body, params (string Name, string Value)[] fields) =>
        Then(_ => Response(status, body, fields));

    public ScriptedOrigin ThenFails(Exception? exception = null) =>
        ThenAsync((_, _) => Task.FromException<HttpResponseMessage>(exception ?? new HttpRequestException(HttpRequestError.ConnectionError)));

    public static HttpResponseMessage Response(int status, string? body, params (string Name, string Value)[] fields)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body ?? string.Empty)),
        };
        foreach (var (name, value) in fields)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(SeenRequest.Of(request));
        var response = _script.Count > 0
            ? await _script.Dequeue()(request, cancellationToken)
            : Otherwise?.Invoke(request) ?? throw new InvalidOperationException($"Unexpected request {Requests.Count}: {request.Method} {request.RequestUri}");
        response.RequestMessage ??= request;
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();
}

/// <summary>A request as the origin saw it.</summary>
internal sealed record SeenRequest(string Method, string Uri, IReadOnlyDictionary<string, string> Fields)
{
    public string? this[string name] => Fields.TryGetValue(name, out var value) ? value : null;

    public static SeenRequest Of(HttpRequestMessage request) => new(
        request.Method.Method,
        request.RequestUri!.ToString(),
        request.Headers.NonValidated.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
}
