using System.Globalization;
using System.Text;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>The bytes that answer one request for a version of a resource.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Bytes">From the first interim response to the last trailer.</param>
/// <param name="Closes">Whether the connection is closed after them.</param>
internal sealed record WireMessage(int Status, byte[] Bytes, bool Closes)
{
    /// <summary>The trailers, as a caller sees them that looks when some have come, or all.</summary>
    public static readonly string[] Trailers = [string.Empty, "X-Trailer: t", "X-Trailer: t | ETag: \"trailer\"", "X-Trailer: t & u | ETag: \"trailer\""];

    /// <summary>The answer to a request.</summary>
    public static WireMessage Of(WireResource resource, int version, string method, IReadOnlyDictionary<string, string> fields)
    {
        var coding = resource.NegotiatesCoding && !Accepts(fields, WireCodings.LabelOf(resource.Coding)) ? WireCoding.None : resource.Coding;
        var body = WireCodings.BodyOf(resource, version, coding);
        var mark = $"\"v{version}{(coding != WireCoding.None && resource.NegotiatesCoding ? "-c" : string.Empty)}\"";
        var tag = resource.Tag switch { WireTag.None => null, WireTag.Weak => $"W/{mark}", _ => mark };
        var modified = new DateTime(2025, 1, 1 + version, 0, 0, 0, DateTimeKind.Utc).ToString("r");
        var status = resource.Status;
        (int From, int To)? range = null;
        if (status == 200 && IsNotModified(fields, tag, resource.HasModified ? modified : null))
        {
            status = 304;
        }
        else if (status == 200 && method == "GET" && resource is { CutsRanges: true, Framing: not WireFraming.LengthTooShort } && MayRange(fields, tag) && RangeOf(fields, body.Length) is { } asked)
        {
            (status, range) = (206, asked);
        }

        var head = new StringBuilder();
        for (var i = 0; i < resource.Interim; i++)
        {
            head.Append(i == 1 ? "HTTP/1.1 102 Processing\r\n\r\n" : "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nCache-Control: no-store\r\nETag: \"early\"\r\n\r\n");
        }

        void Append(string name, string? value)
        {
            if (value is not null)
            {
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.{(resource.Framing == WireFraming.Http10 ? 0 : 1)} {status} {resource.Reason}\r\n");
        Append("Cache-Control", resource.MaxAge < 0 ? "no-store" : $"max-age={resource.MaxAge}");
        Append("ETag", tag);
        Append("Last-Modified", resource.HasModified ? modified : null);
        Append("Vary", resource.NegotiatesCoding ? "Accept-Encoding" : null);
        Append("Content-Range", range is { } r ? $"bytes {r.From}-{r.To}/{body.Length}" : null);
        Append("Content-Encoding", WireCodings.LabelOf(coding));
        Append("X-Long", resource.LongField > 0 ? new string('x', resource.LongField) : null);
        foreach (var line in resource.Odd.Where(l => IsTrue(l, range is not null, tag is not null)))
        {
            head.Append(line).Append("\r\n");
        }

        return Framed(resource, status, head, range is { } part ? body[part.From..(part.To + 1)] : body, method == "HEAD" || status is 204 or 304);
    }

    private static WireMessage Framed(WireResource resource, int status, StringBuilder head, byte[] body, bool isHeadOnly)
    {
        var framing = resource.Framing;
        var isChunked = framing is WireFraming.Chunked or WireFraming.LengthAndChunked or WireFraming.ChunkedCut or WireFraming.ChunkCutInside;
        if (framing is WireFraming.Length or WireFraming.LengthTooLong or WireFraming.LengthTooShort or WireFraming.LengthAndChunked or WireFraming.LengthAndClose or WireFraming.LengthTwice)
        {
            var line = $"Content-Length: {body.Length + (framing == WireFraming.LengthTooLong ? 5 : 0) - (framing == WireFraming.LengthTooShort ? Math.Min(5, body.Length) : 0)}\r\n";
            head.Append(line).Append(framing == WireFraming.LengthTwice ? line : string.Empty);
        }

        head.Append(isChunked ? "Transfer-Encoding: chunked\r\n" : string.Empty);
        var closes = framing is not (WireFraming.Length or WireFraming.LengthTwice or WireFraming.Chunked);
        head.Append(closes && framing != WireFraming.Http10 ? "Connection: close\r\n\r\n" : "\r\n");
        List<byte> bytes = [.. Encoding.Latin1.GetBytes(head.ToString())];
        if (isHeadOnly)
        {
            return new WireMessage(status, [.. bytes], closes);
        }

        if (!isChunked)
        {
            bytes.AddRange(body);
            return new WireMessage(status, [.. bytes], closes);
        }

        foreach (var chunk in body.Chunk(1 + (body.Length / 3)))
        {
            bytes.AddRange(Encoding.ASCII.GetBytes($"{chunk.Length:x}{(resource.HasChunkExtensions ? ";a=\"b\"" : string.Empty)}\r\n"));
            bytes.AddRange(chunk);
            bytes.AddRange("\r\n"u8.ToArray());
        }

        if (framing == WireFraming.ChunkCutInside)
        {
            bytes.RemoveRange(bytes.Count - Math.Min(body.Length, 5), Math.Min(body.Length, 5));
        }
        else if (framing != WireFraming.ChunkedCut)
        {
            bytes.AddRange(Encoding.ASCII.GetBytes(resource.HasTrailers ? "0\r\nX-Trailer: t\r\nETag: \"trailer\"\r\nX-Trailer: u\r\n\r\n" : "0\r\n\r\n"));
        }

        return new WireMessage(status, [.. bytes], closes);
    }

    // Two Content-Range, or one tag for all versions, would be lies of the origin that no cache can see.
    private static bool IsTrue(string line, bool isPart, bool hasTag) =>
        (hasTag || !line.StartsWith("ETag", StringComparison.Ordinal)) && !(isPart && line.StartsWith("Content-Range", StringComparison.Ordinal));

    private static bool Accepts(IReadOnlyDictionary<string, string> fields, string? label) =>
        label is not null && fields.TryGetValue("accept-encoding", out var accepted)
        && accepted.Split(',').Select(a => a.Trim()).Contains(label.Split(',')[0]);

    private static bool IsNotModified(IReadOnlyDictionary<string, string> fields, string? tag, string? modified) =>
        fields.TryGetValue("if-none-match", out var asked)
            ? asked == "*" || (tag is not null && asked.Split(',').Any(t => Bare(t.Trim()) == Bare(tag)))
            : modified is not null && fields.TryGetValue("if-modified-since", out var since) && DateTime.TryParse(since, CultureInfo.InvariantCulture, out var date)
                && date >= DateTime.Parse(modified, CultureInfo.InvariantCulture);

    private static string Bare(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static bool MayRange(IReadOnlyDictionary<string, string> fields, string? tag) =>
        !fields.TryGetValue("if-range", out var condition) || (condition == tag && !condition.StartsWith('W'));

    private static (int From, int To)? RangeOf(IReadOnlyDictionary<string, string> fields, int length) =>
        fields.TryGetValue("range", out var range) ? WireRange.Of(range, length) : null;
}
