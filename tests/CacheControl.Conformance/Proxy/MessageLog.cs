using System.Text;

namespace HttpCaching.Conformance.Proxy;

/// <summary>Writes the head of a message for a reader.</summary>
internal static class MessageLog
{
    public static string Describe(string title, HttpRequestMessage request)
    {
        var text = Begin(title).AppendLine($"    {request.Method} {request.RequestUri}");
        foreach (var field in request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated ?? default))
        {
            text.AppendLine($"    {field.Key}: {string.Join(" | ", field.Value)}");
        }

        return text.ToString();
    }

    public static string Describe(string title, HttpResponseMessage response)
    {
        var text = Begin(title).AppendLine($"    {(int)response.StatusCode} {response.ReasonPhrase}");
        foreach (var field in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            text.AppendLine($"    {field.Key}: {string.Join(" | ", field.Value)}");
        }

        return text.ToString();
    }

    private static StringBuilder Begin(string title) => new StringBuilder().AppendLine($"=== {title}, {DateTime.UtcNow:HH:mm:ss.fff}");
}
