using HttpCaching.Tests.Fuzz;
using FieldList = System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>The fields that the RFCs want of this cache in an exchange: what it keeps of each answer, and what a caller gets.</summary>
/// <param name="exchange">The exchange.</param>
/// <param name="isWeak">Whether the tag of the first answer is weak: the bytes at hand then keep it (RFC 9111 §4.3.4).</param>
internal sealed class ExpectedHeads(Scripted exchange, bool isWeak)
{
    /// <summary>What a 304 to a caller has of a stored answer (RFC 9110 §15.4.5).</summary>
    private static readonly string[] OfNotModified = ["etag", "date", "cache-control", "expires", "vary", "content-location"];

    public FieldList First => Kept(List(exchange.First.Lines));

    /// <summary>The first answer as it is kept after a 304 that confirms it.</summary>
    public FieldList Confirmed => Kept(Merged);

    /// <summary>The same as the caller gets it whose request led to that 304: also with what must not be kept but is in the 304 itself.</summary>
    public FieldList Confirming
    {
        get
        {
            var withheld = Withheld(Merged);
            return [.. Merged.Where(f => !withheld.Contains(f.Key) || Scripted.Values(exchange.Second.Lines, f.Key).Any())];
        }
    }

    /// <summary>What the origin's answers have of which nothing is stored.</summary>
    public FieldList Second => List(exchange.Second.Lines);

    public FieldList Next => List(exchange.Fallback);

    /// <summary>The fields of the first answer, those of the 304 in place of their namesakes (RFC 9111 §3.2).</summary>
    private FieldList Merged
    {
        get
        {
            bool Updates(string name) => Scripted.Values(exchange.Second.Lines, name).Any() && !(isWeak && name == "ETag");
            return [.. First.Where(f => !Updates(f.Key)), .. Second.Where(f => Updates(f.Key))];
        }
    }

    /// <summary>The fields of a 304 that the cache makes for a caller.</summary>
    /// <param name="head">What it speaks of.</param>
    /// <param name="origins">The origin's own 304, which tells the caller what else it says; null without one.</param>
    public static FieldList NotModified(FieldList head, FieldList? origins)
    {
        var hasTag = head.Exists(f => f.Key == "ETag");
        FieldList own = [.. head.Where(f => OfNotModified.Contains(f.Key.ToLowerInvariant()) || (f.Key == "Last-Modified" && !hasTag))];
        return [.. own, .. (origins ?? []).Where(f => !own.Exists(o => o.Key == f.Key))];
    }

    /// <summary>What is kept of a head: all but its age and what its own directives say is not to be.</summary>
    public FieldList Kept(FieldList fields)
    {
        var withheld = Withheld(fields);
        return [.. fields.Where(f => f.Key != "Age" && !withheld.Contains(f.Key))];
    }

    private HashSet<string> Withheld(FieldList fields) => new(
        PlainText.Directives(PlainText.Lines(fields, "Cache-Control"), out _)
            .Where(d => d.Argument is not null && (d.Name == "no-cache" || (d.Name == "private" && exchange.Shared)))
            .SelectMany(d => PlainText.Split(d.Argument!, out _) is var listed && listed.TrueForAll(PlainText.IsToken) ? listed : []),
        StringComparer.OrdinalIgnoreCase);

    private static FieldList List(IReadOnlyList<string[]> lines) => [.. lines.Select(l => KeyValuePair.Create(l[0], l[1]))];
}
