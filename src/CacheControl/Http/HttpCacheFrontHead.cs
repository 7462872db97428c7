using System.Buffers;
using HttpCaching.Http;

namespace HttpCaching;

/// <summary>
/// What all responses of a server out of one stored response have in common: made once, and the same object for each hit. It has the fields that a handler's response has, in their order, but for
/// Age and this cache's own member of Cache-Status.
/// </summary>
public sealed class HttpCacheFrontHead
{
    // Servers refuse or encode others, each in its own way.
    private static readonly SearchValues<char> PlainChars = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    private HttpCacheFrontHead(HttpResponseMessage response)
    {
        StatusCode = (int)response.StatusCode;
        ReasonPhrase = response.ReasonPhrase;
        Fields = [.. response.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray()))];
        ContentFields = [.. response.Content.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray()))];
        IsPlain = Fields.Concat(ContentFields).SelectMany(field => field.Value).Append(ReasonPhrase ?? string.Empty).All(text => !text.AsSpan().ContainsAnyExcept(PlainChars));
    }

    /// <summary>The status code.</summary>
    public int StatusCode { get; }

    /// <summary>The reason phrase.</summary>
    public string? ReasonPhrase { get; }

    /// <summary>The fields of the message, by name, with the value of each line. Age and this cache's member of Cache-Status come behind them.</summary>
    public IReadOnlyList<KeyValuePair<string, string[]>> Fields { get; }

    /// <summary>The fields of the content, which come behind those of the message.</summary>
    public IReadOnlyList<KeyValuePair<string, string[]>> ContentFields { get; }

    /// <summary>What the server keeps beside the stored response: its own form of this head, say. The last one to set it wins. Null at first.</summary>
    public object? Prepared { get; set; }

    /// <summary>Whether all values consist of characters that every server sends as they are.</summary>
    internal bool IsPlain { get; }

    /// <summary>The head of a stored response.</summary>
    /// <param name="stored">The response.</param>
    internal static HttpCacheFrontHead Of(StoredResponse stored)
    {
        // The length is shown as by a response that has the body.
        using var response = ResponseWriter.FromStored(stored, null, new EmptyContent(), age: null);
        return new HttpCacheFrontHead(response);
    }
}
