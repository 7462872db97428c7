using System.Globalization;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>
/// How an answer may differ from that of a plain client. An answer that comes from the origin for this caller may not; one that is made from what is stored may
/// differ by what the RFC lets a cache do, each with its reason below.
/// </summary>
internal static class WireModel
{
    // Of the connection, not of the response (RFC 9111 §3.1); Age says how old a stored response is (§5.1).
    private static readonly string[] Hop = ["age", "connection", "keep-alive", "proxy-authenticate", "proxy-authentication-info", "te", "trailer", "transfer-encoding", "upgrade"];

    private static readonly string[] OfPart = ["content-digest", "content-length", "content-md5", "content-range"];

    /// <summary>How the answer differs from a plain client's; null if it is one that the caller might have got without the cache.</summary>
    /// <param name="seen">The answer with the cache.</param>
    /// <param name="plain">The answer without.</param>
    /// <param name="step">The request.</param>
    /// <param name="circumstances">Where the answer came from.</param>
    public static string? Difference(WireAnswer seen, WireAnswer plain, WireStep step, WireCircumstances circumstances)
    {
        if (circumstances.IsForwarded)
        {
            return Exact(seen, plain, [], circumstances);
        }

        string[] apart = [.. Hop, .. plain.Field("connection")?.ToLowerInvariant().Split([',', '&'], StringSplitOptions.TrimEntries) ?? []];

        // A cache may cut a range out of what it has where the origin gives all (RFC 9110 §14.2, RFC 9111 §3.3).
        if (step.Field("Range") is { } range && step.Method == "GET" && plain.Status == 200 && seen.Status is 206 or 416)
        {
            return Part(seen, plain, range, step.Reading, apart);
        }

        // What the cache answers to a condition tells which version it speaks of, and no more than it must (RFC 9110 §15.4.5).
        if (seen.Status == 304 && plain.Status == 304)
        {
            return seen.Field("etag") == plain.Field("etag") ? null : "etag of 304";
        }

        return Exact(seen, plain, apart, circumstances);
    }

    private static string? Exact(WireAnswer seen, WireAnswer plain, string[] apart, WireCircumstances circumstances)
    {
        if (seen.Status != plain.Status)
        {
            return string.Create(CultureInfo.InvariantCulture, $"status {seen.Status} for {plain.Status} {plain.Failure}");
        }

        // What was joined from parts may be whole where the origin's own whole breaks off (RFC 9111 §3.4).
        var isJoined = circumstances.MayJoin && apart.Length > 0 && seen.Failure is null && plain.Body.Length > 0 && seen.Body.AsSpan().StartsWith(plain.Body);
        if (seen.Failure != plain.Failure && !isJoined)
        {
            return $"failure '{seen.Failure}' for '{plain.Failure}'";
        }

        // A part that the cache cuts and a whole that it joins have the phrase of their status (RFC 9112 §4).
        if (seen.Line != plain.Line && (apart.Length == 0 || seen.Line is not ("1.1 OK" or "1.0 OK" or "1.1 Partial Content" or "1.0 Partial Content") || seen.Line[..3] != plain.Line[..3]))
        {
            return $"line '{seen.Line}' for '{plain.Line}'";
        }

        if (Fields(seen, plain, apart) is { } field)
        {
            return field;
        }

        // A stored response may have lost its trailers (RFC 9110 §6.5.1), but has no others. A decoder of the platform that stops at the end of its data leaves them to
        // the end of the connection's use, which is at some time after that.
        var isMissing = seen.Trailers.Length == 0 && apart.Length > 0;
        var isUnread = circumstances.Decodes && WireMessage.Trailers.Contains(seen.Trailers) && seen.Field("content-encoding") is null;
        if (seen.Trailers != plain.Trailers && !isMissing && !isUnread)
        {
            return $"trailers '{seen.Trailers}' for '{plain.Trailers}'";
        }

        // How far a body comes that breaks off is luck, but what came is right.
        var count = plain.Failure is null ? int.MaxValue : Math.Min(seen.Body.Length, plain.Body.Length);
        return seen.Body.AsSpan(0, Math.Min(count, seen.Body.Length)).SequenceEqual(plain.Body.AsSpan(0, Math.Min(count, plain.Body.Length))) ? null : "bytes";
    }

    private static string? Fields(WireAnswer seen, WireAnswer plain, string[] apart)
    {
        foreach (var name in seen.Fields.Keys.Union(plain.Fields.Keys).Except(apart).Order(StringComparer.Ordinal))
        {
            var (ours, theirs) = (seen.Field(name), plain.Field(name));

            if (ours != theirs && !IsSameList(name, ours, theirs) && (apart.Length == 0 || !MayChange(seen.Status, name, ours, theirs)))
            {
                return $"field {name}: '{ours}' for '{theirs}'";
            }
        }

        return null;
    }

    // The platform's own decompression leaves a field of two members as two lines, whether it decodes or not (RFC 9110 §5.3).
    private static bool IsSameList(string name, string? ours, string? theirs) => name == "content-encoding" && ours?.Replace(" & ", ", ") == theirs?.Replace(" & ", ", ");

    private static bool MayChange(int status, string name, string? ours, string? theirs) => name switch
    {
        // A response that came without one gets the time at which it came (RFC 9110 §6.6.1).
        "date" => theirs is null,

        // The length of a stored body is known, also where the origin has not told it, or told it twice; a 204 has none (RFC 9110 §8.6).
        "content-length" => theirs is null || ours is null ? ours is not null || status == 204 || theirs!.Contains('&') : theirs.Split(" & ").All(l => l == ours),

        // It means nothing but in a 206 and a 416 (RFC 9110 §14.4).
        "content-range" => status == 200 && ours is null,

        // They are of the bytes of one message (RFC 9530 §2), which a part and a joined whole are not.
        "content-digest" or "content-md5" => ours is null,
        _ => false,
    };

    private static string? Part(WireAnswer seen, WireAnswer plain, string range, WireReading reading, string[] apart)
    {
        var total = seen.Field("content-range")?.Split('/')[^1];
        if (!int.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return $"content-range {seen.Field("content-range")}";
        }

        if (seen.Status == 416)
        {
            return WireRange.Of(range, length) is null && seen.Body.Length == 0 && seen.Failure is null ? null : "416";
        }

        if (WireRange.Of(range, length) is not { } part || seen.Field("content-range") != string.Create(CultureInfo.InvariantCulture, $"bytes {part.From}-{part.To}/{total}"))
        {
            return $"content-range {seen.Field("content-range")} for {range}";
        }

        if (seen.Failure is not null)
        {
            return $"failure '{seen.Failure}' of a part";
        }

        if (Fields(seen, plain, [.. apart, .. OfPart]) is { } field)
        {
            return $"part's {field}";
        }

        // Of a part, too, the beginning may be all that the caller has read.
        if (reading == WireReading.Beginning)
        {
            return part.From > 0 || seen.Body.AsSpan().SequenceEqual(plain.Body.AsSpan(0, seen.Body.Length)) ? null : "bytes of a part's beginning";
        }

        return plain.Body.Length > part.To && seen.Body.AsSpan().SequenceEqual(plain.Body.AsSpan(part.From, part.To - part.From + 1)) ? null : "bytes of a part";
    }
}
