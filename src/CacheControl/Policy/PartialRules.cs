using System.Globalization;
using CacheControl.Fields;
using CacheControl.Model;

namespace CacheControl.Policy;

/// <summary>Incomplete stored responses: when they are used, stored, combined and completed (RFC 9111 §3.3, §3.4).</summary>
internal static class PartialRules
{
    /// <summary>What to do with a request for which only a part is stored.</summary>
    public static Decision Decide(
        RequestHead presented,
        in RequestDirectives directives,
        HttpCacheMode mode,
        StoredResponse stored,
        EvaluatedResponse facts,
        TimeSpan age,
        DateTimeOffset now,
        PolicySettings settings)
    {
        var asked = presented.Method is MethodRules.Get or MethodRules.Query ? presented.Fields.First(FieldNames.Range) : null;
        if (asked is not null)
        {
            return ReuseRules.ReasonToValidate(directives, mode, stored, facts, age, now) is null
                && PreconditionRules.Evaluate(presented, stored, settings) is { Kind: AnswerKind.Part } answer
                && Holds(stored, answer.Range)
                ? new Decision(DecisionKind.Serve, CacheReason.Fresh, stored, age)
                : new Decision(DecisionKind.Forward, CacheReason.Incomplete, stored, age);
        }

        var canComplete = presented.Method == MethodRules.Get
            && stored.Part is { First: 0 }
            && facts.ETag is { IsWeak: false, IsWellFormed: true, IsSendable: true }
            && !PreconditionRules.AsksForNotModified(presented.Fields)
            && !directives.NoCache && mode != HttpCacheMode.NoCache;
        return new Decision(canComplete ? DecisionKind.Complete : DecisionKind.Forward, CacheReason.Incomplete, stored, age);
    }

    /// <summary>Whether the stored part has all the bytes of a range.</summary>
    public static bool Holds(StoredResponse stored, ByteRange range) =>
        stored.Part is not { } part || (range.First >= part.First && range.Last < part.First + stored.BodyLength);

    /// <summary>The fields that ask for the rest of what is stored from its beginning (RFC 9110 §14.2, §13.1.5).</summary>
    public static HttpFields CompletionFields(StoredResponse stored, PolicySettings settings) => new(
    [
        new FieldLine(FieldNames.Range, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes={stored.BodyLength}-")),
        new FieldLine(FieldNames.IfRange, EvaluatedResponse.Of(stored, settings).ETag!.Value.ToString()),
    ]);

    /// <summary>
    /// The bytes that a 206 holds if it can be stored: asked for by a Range, one part with a valid Content-Range, and a strong validator
    /// that later parts can be told by (RFC 9110 §14.4, RFC 9111 §3.3); else <see langword="null"/>.
    /// </summary>
    public static PartRange? PartOf(RequestHead presented, ResponseHead response, EvaluatedResponse facts)
    {
        if (response.StatusCode != 206
            || !presented.Fields.Contains(FieldNames.Range)
            || response.IsDecoded
            || response.Fields.CountOf(FieldNames.ContentRange) != 1
            || !ContentRangeField.TryParse(response.Fields.First(FieldNames.ContentRange)!, out var first, out var last, out var total)
            || facts.ETag is not { IsWeak: false, IsWellFormed: true }
            || (response.WireContentLength is { } length && length != last - first + 1))
        {
            return null;
        }

        return new PartRange(first, total ?? -1);
    }

    /// <summary>
    /// The incomplete response to keep of one whose body broke off (RFC 9111 §3.3): long enough to be worth it, longer than what is kept already, and told apart from
    /// other representations by a strong validator; else <see langword="null"/>.
    /// </summary>
    /// <param name="head">The head of the response.</param>
    /// <param name="length">How many bytes of its body came.</param>
    /// <param name="standing">What is kept already for the same request, or null.</param>
    /// <param name="settings">The settings.</param>
    public static StoredResponse? BeginningOf(StoredResponse head, long length, StoredResponse? standing, PolicySettings settings)
    {
        var facts = EvaluatedResponse.Of(head, settings);
        if (!settings.StorePartial
            || settings.KeepIncompleteAbove is not { } least || length < least
            || head is not { Method: MethodRules.Get, StatusCode: 200, Part: null, IsDecoded: false }
            || facts.ETag is not { IsWeak: false, IsWellFormed: true, IsSendable: true } tag
            || SelectionRules.NeverMatches(head.SelectingFields))
        {
            return null;
        }

        if (standing is not null && standing.BodyLength >= length && EvaluatedResponse.Of(standing, settings).ETag is { } kept && kept.StrongMatches(tag))
        {
            return null;
        }

        var stated = head.Fields.First(FieldNames.ContentLength);
        var total = long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > length ? value : -1;
        return head.AsBeginning(length, total, VariantRules.IdOf(head.Method, default(PartRange), head.SelectingFields));
    }

    /// <summary>Whether two parts are of the same representation: one strong entity tag, and totals that don't contradict each other (RFC 9111 §3.4).</summary>
    public static bool SameRepresentation(StoredResponse stored, EvaluatedResponse facts, PartRange part, EvaluatedResponse received)
    {
        var storedTotal = stored.Part?.Total ?? stored.BodyLength;
        return !stored.IsDecoded
            && facts.ETag is { } one && received.ETag is { } other && one.StrongMatches(other)
            && (storedTotal < 0 || part.Total < 0 || storedTotal == part.Total);
    }

    /// <summary>Whether a stored part begins before a received one and leaves no gap, so that the two make one run of bytes.</summary>
    public static bool Precedes(StoredResponse stored, PartRange part) =>
        stored.Part is { } held && part.First >= held.First && part.First <= held.First + stored.BodyLength;

    /// <summary>Whether a stored part goes on where a received one ends, without a gap.</summary>
    public static bool Follows(StoredResponse stored, PartRange part, ResponseHead response) =>
        stored.Part is { } held
        && (held.First > part.First || Precedes(stored, part))
        && ContentRangeField.TryParse(response.Fields.First(FieldNames.ContentRange)!, out _, out var last, out _)
        && held.First <= last + 1
        && held.First + stored.BodyLength > last + 1;
}
