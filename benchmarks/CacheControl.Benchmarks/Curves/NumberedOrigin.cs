using System.Net;

namespace HttpCaching.Benchmarks.Curves;

/// <summary>An origin that answers at once, with so many fields; its responses vary by X-Variant if they vary at all.</summary>
internal sealed class NumberedOrigin(byte[] body, int fields, bool varies) : HttpMessageHandler
{
    private readonly (string Name, string Value)[] _fields =
    [
        ("Date", DateTimeOffset.UtcNow.ToString("r")),
        ("Cache-Control", "max-age=864000"),
        ("ETag", "\"5d8c72a5edda8d6a\""),
        .. varies ? [("Vary", "X-Variant")] : Array.Empty<(string, string)>(),
        .. Enumerable.Range(0, Math.Max(0, fields - 5)).Select(i => ($"X-Field-{i}", $"value of the field with the number {i}")),
    ];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(body) };
        foreach (var (name, value) in _fields)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        response.Content.Headers.TryAddWithoutValidation("Content-Length", "64");
        return Task.FromResult(response);
    }
}
