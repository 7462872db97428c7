namespace HttpCaching.Benchmarks.Floors;

/// <summary>The response that all cases give: seven response fields, three content fields, every name known to the platform.</summary>
internal static class SampleResponse
{
    private static readonly (string Name, string Value)[] ResponseFields =
    [
        ("Date", DateTimeOffset.UtcNow.ToString("r")),
        ("Cache-Control", "public, max-age=864000"),
        ("ETag", "\"5d8c72a5edda8d6a\""),
        ("Vary", "Accept-Encoding, Accept-Language"),
        ("Server", "nginx/1.25.3"),
        ("Age", "42"),
        ("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ];

    /// <summary>Makes the floor's response: what any handler that answers out of memory has to do.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">The bytes; not copied.</param>
    public static HttpResponseMessage Make(HttpRequestMessage request, ReadOnlyMemory<byte> body)
    {
        var response = new HttpResponseMessage(System.Net.HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new ReadOnlyMemoryContent(body),
        };
        foreach (var (name, value) in ResponseFields)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in ContentFieldsOf(body.Length))
        {
            response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    /// <summary>
    /// The same for a cache to store. It has no Age, as the cache adds one, and without Vary another field in its place, so that the number
    /// of fields on a hit is the floor's.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="body">The bytes; not copied.</param>
    /// <param name="varies">Whether Vary names two request fields.</param>
    public static HttpResponseMessage MakeStorable(HttpRequestMessage request, ReadOnlyMemory<byte> body, bool varies)
    {
        var response = Make(request, body);
        response.Headers.Remove("Age");
        if (!varies)
        {
            response.Headers.Remove("Vary");
            response.Headers.TryAddWithoutValidation("Accept-Ranges", "bytes");
        }

        return response;
    }

    private static (string Name, string Value)[] ContentFieldsOf(int length) => length switch
    {
        1024 => Small,
        64 * 1024 => Medium,
        _ => Large,
    };

    private static readonly (string Name, string Value)[] Small = ContentFields(1024);

    private static readonly (string Name, string Value)[] Medium = ContentFields(64 * 1024);

    private static readonly (string Name, string Value)[] Large = ContentFields(1024 * 1024);

    private static (string Name, string Value)[] ContentFields(int length) =>
    [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT"),
    ];
}
