using System.Globalization;
using System.Text;

namespace HttpCaching.Origins.Dialogue;

/// <summary>
/// What may differ between a plain client's answer and the cache's. Each kind has a row in <c>differences.tsv</c>, which says why.
/// </summary>
/// <param name="decodes">Whether the clients decode bodies.</param>
/// <param name="serverCaches">Whether the server has a cache of its own.</param>
internal sealed class Allowances(bool decodes, bool serverCaches)
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    private static readonly Dictionary<string, string> OfEveryMessage = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Age"] = "age",
        ["Date"] = "date",
        ["Expires"] = "date",
        ["Connection"] = "hop",
        ["Keep-Alive"] = "hop",
        ["Transfer-Encoding"] = "hop",
        ["Upgrade"] = "hop",
        ["Server"] = "hop",
        ["Via"] = "intermediary",
        ["X-Cache"] = "intermediary",
        ["X-Varnish"] = "intermediary",
    };

    private readonly HashSet<string> _used = [];

    /// <summary>The kinds of difference that were met.</summary>
    public IReadOnlyCollection<string> Used => _used;

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. OfEveryMessage.Values.Distinct(),
        "length", "head-length", "accept-ranges", "vary", "weakened", "coding", "not-modified", "not-modified-fields", "part-of-whole", "several-ranges", "bad-range", "weak-if-range",
        "head-range", "own-416", "boundary", "recompressed", "undecoded-part", "uncoded-part", "edited-tag", "refused-coding", "broken",
    ];

    /// <summary>Notes that a kind of difference was met.</summary>
    public bool Use(string kind)
    {
        lock (_used)
        {
            _used.Add(kind);
            return true;
        }
    }

    /// <summary>Whether another way to end is right.</summary>
    public bool AllowsError(Ask ask, Answer plain, Answer cached)
    {
        // The decoder of br has an exception of its own.
        if (ask.Range is not null && plain.Error is InvalidDataException or InvalidOperationException && cached.Error is null)
        {
            return Use("undecoded-part");
        }

        return plain.Error is IOException && cached.Error is IOException;
    }

    /// <summary>Whether another status is right: of the same representation, by the caller's conditions and range.</summary>
    public bool AllowsStatus(Ask ask, Answer plain, Answer cached) =>
        IsOwnPart(ask, plain, cached)
        || cached.Cache is { FromCache: true } && (plain.Status, cached.Status) switch
        {
            (200 or 206, 304) => ask.HasConditions && SameTag(plain, cached) && Use("not-modified"),
            (206, 200) => ask.Method == HttpMethod.Head && Use("head-range"),
            _ => false,
        };

    /// <summary>Whether the origin takes the tag of another coding for its own, which the cache does not do.</summary>
    public bool AllowsAnswerInPlaceOf304(Ask ask, Answer plain, Answer cached) =>
        (plain.Status, cached.Status) is (304, 200 or 206) && ask["If-None-Match"] is { } tag && tag != cached["ETag"] && Opaque(tag) == Opaque(cached["ETag"]) && Use("edited-tag");

    /// <summary>Whether a field may be another one.</summary>
    public bool AllowsField(string name, Ask ask, Answer plain, Answer cached)
    {
        if (OfEveryMessage.TryGetValue(name, out var kind))
        {
            return Use(kind);
        }

        if (IsMultipart(plain) && IsMultipart(cached))
        {
            return name.Equals("Content-Type", AnyCase) && Use("boundary");
        }

        if (IsOwnPart(ask, plain, cached))
        {
            return true;
        }

        if (decodes && ask["Accept-Encoding"] is "identity" or "gzip;q=0" && name.ToUpperInvariant() is "CONTENT-LENGTH" or "ACCEPT-RANGES" or "ETAG" or "VARY")
        {
            return Use("refused-coding");
        }

        var oneIsMissing = plain[name] is null || cached[name] is null;
        if (name.Equals("Content-Range", AnyCase) && cached is { Status: 416, Cache.FromCache: false })
        {
            return oneIsMissing && Use("intermediary");
        }

        if (name.Equals("Content-Length", AnyCase) && ask.Method == HttpMethod.Head && (plain[name] == "0" || (serverCaches && cached[name] == "0")))
        {
            return Use("head-length");
        }

        if (serverCaches && name.Equals("Content-Length", AnyCase) && oneIsMissing)
        {
            return Use("intermediary");
        }

        if (decodes && name.Equals("ETag", AnyCase) && SameTag(plain, cached))
        {
            return Use("coding");
        }

        if (cached.Cache is not ({ FromCache: true } or { ForwardStatus: 206 or 304 }))
        {
            return false;
        }

        if (cached.Status == 416)
        {
            return !name.Equals("Content-Range", AnyCase) && Use("own-416");
        }

        if (cached.Status == 304)
        {
            return (oneIsMissing || (name.Equals("ETag", AnyCase) && SameTag(plain, cached))) && Use("not-modified-fields");
        }

        if (name.ToUpperInvariant() is "CONTENT-ENCODING" or "CONTENT-LENGTH" && IsPlainForm(plain, cached))
        {
            return Use("coding");
        }

        return name.ToUpperInvariant() switch
        {
            "CONTENT-LENGTH" => oneIsMissing && Use("length"),
            "ACCEPT-RANGES" => oneIsMissing && Use("accept-ranges"),
            "VARY" => cached[name] is null && cached["Content-Encoding"] is null && Use("vary"),
            "ETAG" => plain[name]?.Replace("W/", "", StringComparison.Ordinal) == cached[name]?.Replace("W/", "", StringComparison.Ordinal) && Use("weakened"),
            _ => false,
        };
    }

    /// <summary>Whether another body is right.</summary>
    public bool AllowsBody(Ask ask, Answer plain, Answer cached) => cached.Status switch
    {
        200 when IsPlainForm(plain, cached) => Use("coding"),
        200 => plain["Content-Encoding"] == cached["Content-Encoding"] && Decoder.Decodes(plain) is { } bytes && Decoder.Decodes(cached) is { } others
            && bytes.AsSpan().SequenceEqual(others) && Use("recompressed"),
        416 => cached.Cache is { Hit: true } && Use("own-416"),
        206 when IsOwnPart(ask, plain, cached) => true,
        206 => IsMultipart(plain) && IsMultipart(cached) && WithOneBoundary(plain) == WithOneBoundary(cached) && Use("boundary"),
        _ => false,
    };

    /// <summary>Whether an answer to a request with Range is right by a plain client's answer to the same request without.</summary>
    public bool AllowsOfWhole(Ask ask, Answer whole, Answer cached)
    {
        if (whole.Status != 200 || whole.Error is not null || cached.Error is not null || Judge.DifferenceOfFields(ask, whole, cached, this) is not null)
        {
            return false;
        }

        return cached.Status switch
        {
            200 => (ReasonForWhole(ask) ?? (serverCaches ? "intermediary" : null)) is { } reason && whole.Body.AsSpan().SequenceEqual(cached.Body) && Use(reason),
            206 => IsSliceOf(whole, cached) && Use("part-of-whole"),
            416 => IsBeyond(ask, whole, cached) && Use("part-of-whole"),
            _ => false,
        };
    }

    /// <summary>Why the whole is right for a request with Range.</summary>
    private static string? ReasonForWhole(Ask ask) => ask switch
    {
        { Range: "bytes=5-2" } => "bad-range",
        { Range: { } range } when range.Contains(',') => "several-ranges",
        _ when ask["If-Range"]?.StartsWith("W/", StringComparison.Ordinal) == true => "weak-if-range",
        _ => null,
    };

    /// <summary>
    /// Where clients decode: a part as it came, of a coding that the caller has named itself, or a part of the plain form, which the cache asks for
    /// where the platform asks for a coding.
    /// </summary>
    private bool IsOwnPart(Ask ask, Answer plain, Answer cached)
    {
        if (!decodes || ask.Range is null || plain.Status is not (200 or 206 or 416))
        {
            return false;
        }

        return cached.Status switch
        {
            206 when cached["Content-Encoding"] is { } coding => ask.Accepts(coding) && Use("undecoded-part"),
            206 => plain.Status == 200 && IsSliceOf(plain, cached) && Use("uncoded-part"),
            416 => cached.Cache is { Hit: true } && ask["Accept-Encoding"] is not null && Use("undecoded-part"),
            _ => false,
        };
    }

    private static bool IsMultipart(Answer answer) => answer["Content-Type"]?.StartsWith("multipart/byteranges; boundary=", StringComparison.Ordinal) == true;

    private static string WithOneBoundary(Answer answer) =>
        Encoding.Latin1.GetString(answer.Body).Replace(answer["Content-Type"]!.Split('=')[1].Trim('"'), "boundary", StringComparison.Ordinal);

    private static bool IsSliceOf(Answer whole, Answer part) =>
        part["Content-Range"]?.Split(' ', '-', '/') is ["bytes", var first, var last, var length]
        && int.TryParse(first, out var start) && int.TryParse(last, out var end)
        && length == $"{whole.Body.Length}"
        && whole.Body.AsSpan(start..(end + 1)).SequenceEqual(part.Body);

    /// <summary>Whether the range begins behind the end of the whole; the length of a body that is compressed on the fly may be another one each time.</summary>
    private static bool IsBeyond(Ask ask, Answer whole, Answer cached) =>
        cached["Content-Range"]?.Split('/') is ["bytes *", var length]
        && (length == $"{whole.Body.Length}" || whole["Content-Encoding"] is not null)
        && ask.Range!.Split('=', '-') is ["bytes", var first, ""]
        && int.Parse(first, CultureInfo.InvariantCulture) >= int.Parse(length, CultureInfo.InvariantCulture);

    /// <summary>Whether the cache has the plain form of what the server codes: its parts came without a coding.</summary>
    private static bool IsPlainForm(Answer plain, Answer cached) =>
        cached is { Status: 200, Cache: not null } && cached["Content-Encoding"] is null && SameTag(plain, cached)
        && Decoder.Decodes(plain) is { } bytes && bytes.AsSpan().SequenceEqual(cached.Body);

    private static bool SameTag(Answer plain, Answer cached) => Opaque(plain["ETag"]) == Opaque(cached["ETag"]);

    // Servers that compress on the fly weaken the tag or give it a suffix.
    private static string? Opaque(string? tag) => tag?.Replace("W/", "", StringComparison.Ordinal).Replace("-gzip", "", StringComparison.Ordinal).Replace("-br", "", StringComparison.Ordinal);
}
