using System.Net;
using System.Text;

namespace HttpCaching.AspNetCore.Tests;

/// <summary>Responses of the origin.</summary>
internal static class Messages
{
    /// <summary>A response that is fresh for a minute.</summary>
    public static HttpResponseMessage Fresh(string body = "hi", params string[] fields) => With(Encoding.UTF8.GetBytes(body), ["Cache-Control: max-age=60", .. fields]);

    /// <summary>A response with these fields.</summary>
    public static HttpResponseMessage With(byte[] body, params string[] fields)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        foreach (var field in fields.Prepend("Date: Thu, 01 Jan 2026 00:00:00 GMT"))
        {
            var (name, value) = (field[..field.IndexOf(':', StringComparison.Ordinal)], field[(field.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
