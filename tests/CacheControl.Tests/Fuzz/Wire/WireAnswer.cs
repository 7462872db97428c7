using System.Globalization;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>An answer as a caller saw it: what came, up to the end or to the exception that came in place of the rest.</summary>
internal sealed record WireAnswer
{
    private const int BeginningBytes = 3;

    public int Status { get; private set; }

    /// <summary>Version and reason phrase.</summary>
    public string Line { get; private set; } = string.Empty;

    /// <summary>The lines of each field, by its name in lower case.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; private set; } = new Dictionary<string, string>();

    public string Trailers { get; private set; } = string.Empty;

    public byte[] Body { get; private set; } = [];

    /// <summary>The kinds of the exception and of its innermost cause; null if there was none.</summary>
    public string? Failure { get; private set; }

    public static async Task<WireAnswer> OfAsync(HttpClient client, WireStep step, string address)
    {
        using var request = step.Request(address);
        using var body = new MemoryStream();
        var answer = new WireAnswer();
        try
        {
            using var response = step.Reading == WireReading.Synchronous
                ? client.Send(request, HttpCompletionOption.ResponseHeadersRead)
                : await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answer.Status = (int)response.StatusCode;
            answer.Line = $"{response.Version} {response.ReasonPhrase}";
            answer.Fields = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(" & ", h.Value), StringComparer.Ordinal);
            await ReadAsync(response, step.Reading, body);
            answer.Trailers = string.Join(" | ", response.TrailingHeaders.NonValidated.Select(h => $"{h.Key}: {string.Join(" & ", h.Value)}"));
        }
        catch (Exception exception)
        {
            answer.Failure = Kind(exception);
        }

        answer.Body = body.ToArray();
        return answer;
    }

    public string? Field(string name) => Fields.GetValueOrDefault(name);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Status} {Line} | {string.Join(" | ", Fields.Select(f => $"{f.Key}: {Short(f.Value)}"))} | {Body.Length} bytes {Convert.ToHexString(Body.AsSpan(0, Math.Min(8, Body.Length)))} | {Trailers} {Failure}");

    private static async Task ReadAsync(HttpResponseMessage response, WireReading reading, MemoryStream body)
    {
        switch (reading)
        {
            case WireReading.Buffered:
                body.Write(await response.Content.ReadAsByteArrayAsync());
                return;
            case WireReading.Streamed:
                await (await response.Content.ReadAsStreamAsync()).CopyToAsync(body);
                return;
            case WireReading.Piecewise:
                await ReadOnAsync(await response.Content.ReadAsStreamAsync(), body);
                return;
            case WireReading.Synchronous:
                response.Content.ReadAsStream().CopyTo(body);
                return;
            default:
                var stream = await response.Content.ReadAsStreamAsync();
                var beginning = new byte[BeginningBytes];
                body.Write(beginning, 0, await stream.ReadAtLeastAsync(beginning, BeginningBytes, throwOnEndOfStream: false));
                return;
        }
    }

    private static async Task ReadOnAsync(Stream stream, MemoryStream body)
    {
        var piece = new byte[1000];
        int count;
        while ((count = await stream.ReadAsync(piece)) > 0)
        {
            body.Write(piece, 0, count);
        }
    }

    private static string Kind(Exception exception)
    {
        var innermost = exception;
        while (innermost.InnerException is { } inner)
        {
            innermost = inner;
        }

        return $"{Name(exception)} of {Name(innermost)}";
    }

    private static string Name(Exception exception) => exception switch
    {
        HttpRequestException request => $"{request.GetType().Name} {request.HttpRequestError}",
        HttpIOException io => $"{io.GetType().Name} {io.HttpRequestError}",
        _ => exception.GetType().Name,
    };

    private static string Short(string text) => text.Length > 60 ? $"{text[..60]}… ({text.Length})" : text;
}
