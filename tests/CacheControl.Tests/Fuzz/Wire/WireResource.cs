using System.Globalization;
using System.Reflection;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>How the bytes of a body are delimited on the wire, rightly and wrongly.</summary>
internal enum WireFraming
{
    Length,
    Chunked,
    Close,
    Http10,
    LengthAndClose,
    LengthTwice,
    LengthAndChunked,
    LengthTooLong,
    LengthTooShort,
    ChunkedCut,
    ChunkCutInside,
}

/// <summary>What Content-Encoding says, and what the bytes are. From <see cref="GzipCut"/> on the two do not agree.</summary>
internal enum WireCoding
{
    None,
    Gzip,
    Deflate,
    Brotli,
    GzipOfTwoMembers,
    GzipTwice,
    GzipAndIdentity,
    Identity,
    XGzip,
    DeflateBare,
    Empty,
    GzipCut,
    GzipWithoutEnd,
    GzipAndMore,
    BrotliCut,
    BrotliAndMore,
    DeflateCut,
    DeflateAndMore,
    DeflateWithoutEnd,
    GzipMislabelled,
    BrotliMislabelled,
    GzipLabelledTwice,
    GzipDoneTwice,
    EmptyOfGzip,
    Unknown,
}

internal enum WireTag
{
    Strong,
    Weak,
    None,
}

/// <summary>
/// A resource whose answer on the wire follows from its version and from the request alone: so a plain client and the cache can both be asked, at any time and in
/// any order. The defaults are those of the plainest resource.
/// </summary>
internal sealed record WireResource
{
    private static readonly PropertyInfo[] Properties = [.. typeof(WireResource).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)];

    private static readonly string[] OddLines =
    [
        "X-Twice: 1\r\nX-Twice: 2", "X-Empty:", "X-Blank:   a  b  ", "x-LOWER: Q", "X-High: caf\u00e9", "X-Utf8: \u00c3\u00a9\u00e2\u0082\u00ac", "Set-Cookie: a=b\r\nSet-Cookie: c=d; Path=/",
        "Warning: 199 - \"x\"", "Content-Language: de, en", "X-Quoted: \"a, b\", c", "Age: 5", "Age: x", "Date: yesterday", "Date: Thu, 01 Jan 2026 12:00:00 GMT", "Expires: 0", "Content-Range: bytes 0-1/2",
        "Content-Location: /other", "Content-Location: ::", "Content-Disposition: attachment; filename=\"a;b\"", "Content-MD5: nonsense", "Content-Digest: sha-256=:AAAA:", "Accept-Ranges: bytes", "Accept-Ranges: none", "Content-Type:",
        "Content-Type: text/plain; charset=none", "Connection: X-Hop\r\nX-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Authenticate: Basic", "WWW-Authenticate: Basic realm=\"x\"", "Trailer: X-Trailer", "X-Folded: a\r\n b",
        "Vary: Accept", "ETag: \"other\"", "Last-Modified: 0", "Cache-Control: max-age=60", "Cache-Control: public, max-age=\"60\"", "Pragma: no-cache", "Via: 1.1 other", "Allow: GET,, HEAD", "Retry-After: 1", "Link: </b>; rel=\"next\"",
    ];

    private static readonly WireResource Plainest = new();

    /// <summary>Makes the contents of resources differ.</summary>
    public int Seed { get; init; } = 1;

    public int Length { get; init; } = 300;

    public int Status { get; init; } = 200;

    public string Reason { get; init; } = "OK";

    public WireFraming Framing { get; init; }

    public WireCoding Coding { get; init; }

    /// <summary>Whether it is coded only for who accepts that.</summary>
    public bool NegotiatesCoding { get; init; }

    /// <summary>In seconds; below zero for <c>no-store</c>.</summary>
    public int MaxAge { get; init; } = 60;

    public WireTag Tag { get; init; }

    public bool HasModified { get; init; }

    public bool CutsRanges { get; init; }

    /// <summary>How many interim responses come first.</summary>
    public int Interim { get; init; }

    public bool HasTrailers { get; init; }

    public bool HasChunkExtensions { get; init; }

    /// <summary>How long one more field is.</summary>
    public int LongField { get; init; }

    public string[] Odd { get; init; } = [];

    public static WireResource Of(Random random)
    {
        T One<T>(params T[] choices) => choices[random.Next(choices.Length)];
        return new WireResource
        {
            Seed = random.Next(1000),
            Length = One(0, 1, 10, 300, 300, 300, 5000, 5000, 70_000),
            Status = random.Next(3) > 0 ? 200 : One(203, 203, 204, 205, 206, 226, 299, 300, 400, 404, 404, 410, 416, 418, 500, 503),
            Reason = One("OK", "OK", "OK", string.Empty, "Anything at all", "Caf\u00e9"),
            Framing = random.Next(3) > 0 ? One(WireFraming.Length, WireFraming.Length, WireFraming.Chunked, WireFraming.Chunked, WireFraming.Close) : One(Enum.GetValues<WireFraming>()),
            Coding = random.Next(4) > 0 ? One(WireCoding.None, WireCoding.None, WireCoding.None, WireCoding.Gzip, WireCoding.Gzip, WireCoding.Deflate, WireCoding.Brotli) : One(Enum.GetValues<WireCoding>()),
            MaxAge = One(60, 60, 60, 60, 0, -1),
            Tag = One(WireTag.Strong, WireTag.Strong, WireTag.Weak, WireTag.None),
            HasModified = random.Next(3) == 0,
            CutsRanges = random.Next(2) == 0,
            Interim = One(0, 0, 0, 0, 1, 3),
            HasTrailers = random.Next(4) == 0,
            HasChunkExtensions = random.Next(8) == 0,
            LongField = One(0, 0, 0, 0, 0, 0, 0, 0, 0, 2_000, 30_000),
            NegotiatesCoding = random.Next(2) == 0,
            Odd = [.. Enumerable.Range(0, random.Next(3)).Select(_ => One(OddLines))],
        };
    }

    /// <summary>Resources that have one oddity less.</summary>
    public IEnumerable<WireResource> Simpler()
    {
        foreach (var property in Properties.Where(IsOdd))
        {
            var simpler = this with { };
            property.SetValue(simpler, property.GetValue(Plainest));
            yield return simpler;
        }

        for (var i = 0; i < Odd.Length && Odd.Length > 1; i++)
        {
            yield return this with { Odd = [.. Odd[..i], .. Odd[(i + 1)..]] };
        }
    }

    /// <summary>The expression that makes it.</summary>
    public string Code() =>
        $"new WireResource {{ {string.Join(", ", Properties.Where(IsOdd).Select(p => $"{p.Name} = {Code(p.GetValue(this)!)}"))} }}";

    internal static string Code(string text) =>
        $"\"{string.Concat(text.Select(c => c switch { '"' or '\\' => $"\\{c}", '\r' => "\\r", '\n' => "\\n", < ' ' or > '~' => $"\\u{(int)c:x4}", _ => c.ToString() }))}\"";

    private static string Code(object value) => value switch
    {
        string text => Code(text),
        string[] lines => $"[{string.Join(", ", lines.Select(Code))}]",
        bool flag => flag ? "true" : "false",
        Enum choice => $"{choice.GetType().Name}.{choice}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private bool IsOdd(PropertyInfo property) => property.GetValue(this) is string[] lines ? lines.Length > 0 : !Equals(property.GetValue(this), property.GetValue(Plainest));
}
