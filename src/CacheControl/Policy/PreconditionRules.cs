using System.Runtime.CompilerServices;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The caller's own conditions, evaluated against a stored response that may be used (RFC 9111 §4.3.2, RFC 9110 §13.2.2).</summary>
internal static class PreconditionRules
{
    /// <summary>Whether the caller asked under a condition that a 304 can answer, so that it knows what to do with one.</summary>
    public static bool AsksForNotModified(HttpFields fields) =>
        fields.Contains(FieldNames.IfNoneMatch) || fields.Contains(FieldNames.IfModifiedSince);

    /// <summary>The form of the answer that the caller's conditions and Range lead to, in the order of RFC 9110 §13.2.2.</summary>
    public static Answer Evaluate(RequestHead presented, StoredResponse stored, PolicySettings settings) =>
        presented.Fields.Count == 0 || stored.StatusCode is not (200 or 206) ? default : EvaluateFields(presented, stored, settings);

    // Not inlined: its variables would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Answer EvaluateFields(RequestHead presented, StoredResponse stored, PolicySettings settings)
    {
        var fields = presented.Fields;
        var facts = ResponseConclusions.Of(stored, settings);
        if (IsNotModified(fields, facts))
        {
            return new Answer(AnswerKind.NotModified);
        }

        return presented.Method is MethodRules.Get or MethodRules.Query && fields.First(FieldNames.Range) is { } range && !RangeRules.IsUndoneAbove(presented, stored)
            ? RangeRules.Cut(range, fields.First(FieldNames.IfRange), stored, facts)
            : default;
    }

    private static bool IsNotModified(HttpFields fields, ResponseConclusions facts)
    {
        if (fields.Combined(FieldNames.IfNoneMatch) is { } list)
        {
            var tags = EntityTagList.Parse(list);
            return tags.IsAny || (facts.ETag is { } stored && tags.WeakMatches(stored));
        }

        if (fields.CountOf(FieldNames.IfModifiedSince) != 1
            || !HttpDate.TryParse(fields.First(FieldNames.IfModifiedSince), facts.Times.ResponseTime, out var since))
        {
            return false;
        }

        return (facts.LastModifiedValue ?? facts.DateValue) <= since;
    }
}
