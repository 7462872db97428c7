using System.Globalization;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Incomplete stored responses: when they are used, stored, combined and completed (RFC 9111 §3.3, §3.4).</summary>
internal static class PartialRules
{
    /// <summary>The decision on a request for which only a part is stored.</summary>
    public static Decision Decide(RequestFacts asked, StoredResponse stored, ResponseConclusions facts, TimeSpan age, DateTimeOffset now)
    {
        var (presented, settings) = (asked.Presented, asked.Settings);
        var range = presented.Method is MethodRules.Get or MethodRules.Query ? presented.Fields.First(FieldNames.Range) : null;
        if (range is not null)
        {
            return ReuseRules.ReasonToValidate(asked, stored, facts, age, now) is null
                && PreconditionRules.Evaluate(presented, stored, settings) is { Kind: AnswerKind.Part } answer
                && Holds(stored, answer.Range)
                ? new Decision(DecisionKind.Serve, CacheReason.Fresh, stored, age)
                : new Decision(DecisionKind.Forward, CacheReason.Incomplete, stored, age);
        }

        var canComplete = presented.Method == MethodRules.Get
            && CanBeCompleted(stored, facts)
            && StorageRules.IsRetained(facts, age, settings)
            && !PreconditionRules.AsksForNotModified(presented.Fields)
            && !asked.Directives.NoCache && asked.Mode != HttpCacheMode.NoCache;
        return new Decision(canComplete ? DecisionKind.Complete : DecisionKind.Forward, CacheReason.Incomplete, stored, age);
    }

    /// <summary>Whether the rest of a part can be asked for: it has the beginning, a strong validator, and if it is coded a length that tells its bytes from others.</summary>
    private static bool CanBeCompleted(StoredResponse stored, ResponseConclusions facts) =>
        stored.Part is { First: 0 } part
        && (part.Total >= 0 || ContentCodings.Of(stored.Fields).Length == 0)
        && facts.ETag is { IsWeak: false, IsWellFormed: true, IsSendable: true };

    /// <summary>
    /// Whether a status may be the answer to a Range that the caller did not send: nothing stored then, and the caller's own request may still succeed. A 304
    /// answers no condition that was sent.
    /// </summary>
    public static bool MayAnswerOurRange(int status) => status is 304 or 400 or 403 or 405 or 412 or 416 or >= 500;

    /// <summary>Whether the stored part has all the bytes of a range.</summary>
    public static bool Holds(StoredResponse stored, ByteRange range) =>
        stored.Part is not { } part || (range.First >= part.First && range.Last < part.First + stored.BodyLength);

    /// <summary>The fields that ask for the rest of a stored part that begins at zero (RFC 9110 §14.2, §13.1.5).</summary>
    public static HttpFields CompletionFields(StoredResponse stored, PolicySettings settings) => new(
    [
        new FieldLine(FieldNames.Range, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes={stored.BodyLength}-")),
        new FieldLine(FieldNames.IfRange, ResponseConclusions.Of(stored, settings).ETag!.Value.ToString()),
    ]);

    /// <summary>
    /// The bytes that a 206 holds if it can be stored: asked for by a Range, one part with a valid Content-Range, and a strong validator
    /// that later parts can be told by (RFC 9110 §14.4, RFC 9111 §3.3); else <see langword="null"/>.
    /// </summary>
    public static Piece? PieceOf(RequestHead presented, ResponseHead response, ResponseConclusions facts) =>
        presented.Fields.Contains(FieldNames.Range) && facts.ETag is { IsWeak: false, IsWellFormed: true } ? PieceOf(response) : null;

    /// <summary>
    /// The bytes that a 206 says it holds, if its message agrees: one part with one valid Content-Range, and a framing that says no other length. Servers that
    /// compress a slice label it with the positions of the plain bytes.
    /// </summary>
    public static Piece? PieceOf(ResponseHead response) =>
        response is { StatusCode: 206, IsDecoded: false, HasContradictoryFraming: false }
        && response.Fields.CountOf(FieldNames.ContentRange) == 1
        && ContentRangeField.TryParse(response.Fields.First(FieldNames.ContentRange)!, out var first, out var last, out var total)
        && (response.WireContentLength is not { } length || length == last - first + 1)
        && response.Fields.First(FieldNames.ContentType)?.StartsWith("multipart/byteranges", StringComparison.OrdinalIgnoreCase) is not true
            ? new Piece(first, last, total ?? -1)
            : null;

    /// <summary>
    /// The incomplete response to keep of one whose body broke off (RFC 9111 §3.3): long enough to be worth it, longer than the part that is kept already, and told apart from
    /// other representations by a strong validator; else <see langword="null"/>.
    /// </summary>
    /// <param name="head">The head of the response.</param>
    /// <param name="length">How many bytes of its body came.</param>
    /// <param name="standing">What is kept already for the same request, or null.</param>
    /// <param name="settings">The settings.</param>
    public static StoredResponse? BeginningOf(StoredResponse head, long length, StoredResponse? standing, PolicySettings settings)
    {
        var facts = ResponseConclusions.Of(head, settings);
        if (!settings.StorePartialResponses
            || settings.KeepIncompleteAbove is not { } least || length < least
            || head is not { Method: MethodRules.Get, StatusCode: 200, Part: null, IsDecoded: false }
            || facts.ETag is not { IsWeak: false, IsWellFormed: true, IsSendable: true } tag
            || SelectionRules.NeverMatches(head.SelectingFields))
        {
            return null;
        }

        if (standing is not null && standing.BodyLength >= length && ResponseConclusions.Of(standing, settings).ETag is { } kept && kept.StrongMatches(tag))
        {
            return null;
        }

        // Coded bytes are told from the plain ones, which many servers send under the same tag, by the length of the whole.
        var stated = head.Fields.First(FieldNames.ContentLength);
        var total = long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > length ? value : -1;
        if (total < 0 && ContentCodings.Of(head.Fields).Length > 0)
        {
            return null;
        }

        return head.AsBeginning(length, total, VariantRules.IdOf(head.Method, default(PartRange), head.SelectingFields));
    }

    /// <summary>
    /// Whether a stored response and a received piece are bytes of one representation: one strong entity tag, one coding, and one total (RFC 9111 §3.4).
    /// A total that is not known contradicts none, unless the bytes are coded.
    /// </summary>
    public static bool SameRepresentation(StoredResponse stored, ResponseConclusions facts, Piece piece, ResponseHead response, ResponseConclusions received)
    {
        var storedTotal = stored.Part?.Total ?? stored.BodyLength;
        var coding = ContentCodings.Of(stored.Fields);
        return !stored.IsDecoded
            && HaveSameTag(facts, received)
            && coding == ContentCodings.Of(response.Fields)
            && (storedTotal >= 0 && piece.Total >= 0 ? storedTotal == piece.Total : coding.Length == 0);
    }

    /// <summary>
    /// Whether a stored part stays although a piece has come that it can't be joined with: it is of the same version, longer, and still of use.
    /// </summary>
    /// <param name="stored">The stored part.</param>
    /// <param name="piece">What has come.</param>
    /// <param name="response">The message that it came in.</param>
    /// <param name="received">What follows from that.</param>
    /// <param name="now">When it came.</param>
    /// <param name="settings">The settings.</param>
    public static bool Outranks(
        StoredResponse stored, Piece piece, ResponseHead response, ResponseConclusions received, DateTimeOffset now, PolicySettings settings)
    {
        var facts = ResponseConclusions.Of(stored, settings);
        var age = facts.CurrentAge(now);
        return stored.BodyLength > piece.Length
            && HaveSameTag(facts, received)
            && (SameRepresentation(stored, facts, piece, response, received) || ContentCodings.Of(stored.Fields) != ContentCodings.Of(response.Fields))
            && (FreshnessRules.IsFresh(facts.FreshnessLifetime, age) || (CanBeCompleted(stored, facts) && StorageRules.IsRetained(facts, age, settings)));
    }

    /// <summary>Whether a stored part begins before a received one and leaves no gap, so that the two make one run of bytes.</summary>
    public static bool Precedes(StoredResponse stored, Piece piece) =>
        stored.Part is { } held && piece.First >= held.First && piece.First <= held.First + stored.BodyLength;

    /// <summary>Whether a stored part goes on where a received one ends, without a gap.</summary>
    public static bool Follows(StoredResponse stored, Piece piece) =>
        stored.Part is { } held
        && (held.First > piece.First || Precedes(stored, piece))
        && held.First <= piece.Last + 1
        && held.First + stored.BodyLength > piece.Last + 1;

    private static bool HaveSameTag(ResponseConclusions one, ResponseConclusions other) =>
        one.ETag is { } tag && other.ETag is { } second && tag.StrongMatches(second);
}
