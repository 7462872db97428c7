using System.Runtime.CompilerServices;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Ranges cut from stored responses (RFC 9110 §14).</summary>
internal static class RangeRules
{
    /// <summary>How many ranges one request may ask for before it is answered whole (RFC 9110 §17.15).</summary>
    private const int MaximumRanges = 16;

    /// <summary>
    /// Whether a range is asked of a stored representation that only the origin can cut: in a unit that the cache does not know, or from encoded bytes
    /// that are no longer at hand (RFC 9110 §14.1).
    /// </summary>
    public static bool OnlyOriginCuts(RequestHead presented, StoredResponse stored, PolicySettings settings) =>
        presented.Fields.Count > 0 && OnlyOriginCutsFor(presented, stored, settings);

    /// <summary>
    /// Whether a range is asked of a stored representation in a coding that only the pipeline above asks for, and removes: the caller's positions count the bytes
    /// without it (RFC 9110 §14.1.2).
    /// </summary>
    public static bool IsUndoneAbove(RequestHead presented, StoredResponse stored)
    {
        if (presented.UndoneAbove is not { Count: > 0 } undone || stored.Fields.Combined(FieldNames.ContentEncoding) is not { } codings)
        {
            return false;
        }

        var last = FieldText.TrimOws(codings.AsSpan(codings.LastIndexOf(',') + 1)).ToString();
        return undone.Contains(last, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The form in which the ranges of a request are answered from a stored response.</summary>
    public static Answer Cut(string range, string? ifRange, StoredResponse stored, ResponseConclusions facts)
    {
        if (stored.IsDecoded || (ifRange is not null && !Holds(ifRange, facts)))
        {
            return default;
        }

        var total = stored.Part?.Total ?? stored.BodyLength;
        return RangeField.Parse(range, total, out var ranges) switch
        {
            RangeField.RangeParse.Unsatisfiable => new Answer(AnswerKind.RangeNotSatisfiable),
            RangeField.RangeParse.Ranges when ranges.Count <= MaximumRanges && Coalesce(ranges) is { } one => new Answer(AnswerKind.Part, one),
            _ => default,
        };
    }

    /// <summary>Whether If-Range names exactly this representation: a strong entity tag, or a date that is one (RFC 9110 §13.1.5, §8.8.2.2).</summary>
    public static bool Holds(string ifRange, ResponseConclusions facts)
    {
        if (HttpDate.TryParse(ifRange, facts.Times.ResponseTime, out var date))
        {
            return facts.LastModifiedValue == date && facts.DateValue >= date + TimeSpan.FromSeconds(1);
        }

        return facts.ETag is { } tag && tag.StrongMatches(EntityTag.Parse(ifRange));
    }

    // Not inlined: its variables would be cleared on every hit.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool OnlyOriginCutsFor(RequestHead presented, StoredResponse stored, PolicySettings settings) =>
        presented.Method is MethodRules.Get or MethodRules.Query
        && stored.StatusCode is 200 or 206
        && presented.Fields.First(FieldNames.Range) is { } range
        && (IsUndoneAbove(presented, stored)
            || ((stored.IsDecoded || RangeField.Parse(range, 0, out _) == RangeField.RangeParse.NotBytes) && PreconditionRules.Evaluate(presented, stored, settings).Kind != AnswerKind.NotModified));

    /// <summary>The one range that overlapping or adjoining ranges make, or <see langword="null"/> if gaps remain.</summary>
    private static ByteRange? Coalesce(IReadOnlyList<ByteRange> ranges)
    {
        if (ranges.Count == 1)
        {
            return ranges[0];
        }

        var sorted = ranges.OrderBy(r => r.First).ToArray();
        var (first, last) = sorted[0];
        foreach (var next in sorted.AsSpan(1))
        {
            if (next.First > last + 1)
            {
                return null;
            }

            last = Math.Max(last, next.Last);
        }

        return new ByteRange(first, last);
    }
}
