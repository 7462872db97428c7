using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Makes responses out of stored ones, in the form that the caller's conditions and ranges ask for.</summary>
internal static class StoredAnswer
{
    /// <summary>Whether an answer to this request can need the body.</summary>
    public static bool NeedsBody(RequestHead presented) => presented.Method != MethodRules.Head;

    /// <summary>How many stored bytes a response gives: none for a 304, a part for a 206.</summary>
    public static long BytesOf(HttpResponseMessage response) => response.Content is StoredContent content ? content.Length : 0;

    /// <summary>The response; takes the body and the snapshot over.</summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="asked">What the rules know of it.</param>
    /// <param name="stored">The stored response, or the updated head of one.</param>
    /// <param name="age">The Age to show, if any.</param>
    /// <param name="snapshot">What the body was opened from.</param>
    /// <param name="body">The body; null for HEAD.</param>
    public static CachedResponseMessage Make(
        HttpRequestMessage request, RequestFacts asked, StoredResponse stored, TimeSpan? age, HttpCacheSnapshot? snapshot, StoredBody? body)
    {
        var answer = PreconditionRules.Evaluate(asked.Presented, stored, asked.Settings);
        if (answer.Kind == AnswerKind.Full && body is not null)
        {
            return ResponseWriter.FromStored(stored, request, StoredContent.Of(snapshot, body, 0, body.Length), age);
        }

        if (answer.Kind == AnswerKind.Part && body is not null)
        {
            return Part(request, stored, age, snapshot, body, answer.Range);
        }

        body?.Dispose();
        snapshot?.Dispose();
        return answer.Kind switch
        {
            AnswerKind.NotModified => ResponseWriter.NotModified(stored, request, age),
            AnswerKind.RangeNotSatisfiable => ResponseWriter.RangeNotSatisfiable(stored, request, TotalOf(stored), age),
            _ => ResponseWriter.FromStored(stored, request, new EmptyContent(), age),
        };
    }

    private static CachedResponseMessage Part(
        HttpRequestMessage request, StoredResponse stored, TimeSpan? age, HttpCacheSnapshot? snapshot, StoredBody body, ByteRange range)
    {
        var offset = range.First - (stored.Part?.First ?? 0);
        var content = StoredContent.Of(snapshot, body, offset, range.Last - range.First + 1);
        return ResponseWriter.Partial(stored, request, content, range, TotalOf(stored), age);
    }

    private static long TotalOf(StoredResponse stored) => stored.Part?.Total ?? stored.BodyLength;
}
