using CsCheck;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Header values: mostly valid, some that miss the grammar by a character, some junk.</summary>
internal static class HeaderGen
{
    private static readonly Gen<int> Delta = Gen.OneOf(Gen.Int[0, 12], Gen.Int[0, 120], Gen.OneOf(0, 60, 100, 1000, int.MaxValue));

    private static readonly Gen<string> DeltaText = Gen.Frequency(
        (20, Delta.Select(d => d.ToString())),
        (2, Delta.Select(d => $"\"{d}\"")),
        (1, Gen.OneOf("-1", "+5", "3.5", "a60", "60a", "'60'", "", "00060", "99999999999999999999", "\"6\\0\"", "\"60", " 60", "60 s")));

    private static readonly Gen<string> ResponseFlag = Gen.OneOf(
        "no-store", "no-cache", "private", "public", "must-revalidate", "proxy-revalidate", "must-understand", "immutable", "no-transform",
        "No-Cache", "no-cache=\"x-a\"", "no-cache=\"\"", "no-cache=x-a", "no-cache=\"x-a", "private=\"x-a, x-b\"", "no-store=\"x\"", "must-revalidate=1",
        "public x", "must-understand =1", "immutable=\"", "nothing-to-see-here", "x=\"no-store, max-age=9\"", "=5", "\"max-age=60\"", "max-age", "é=1", "");

    private static readonly Gen<string> CommonFlag = Gen.OneOf("no-cache", "must-revalidate", "public", "private", "proxy-revalidate");

    private static readonly Gen<string> ResponseCount = Gen.Select(
        Gen.OneOf("max-age", "max-age", "max-age", "s-maxage", "stale-if-error", "stale-while-revalidate", "MAX-AGE", "max-age "), DeltaText, (n, d) => $"{n}={d}");

    private static readonly Gen<string> RequestMember = Gen.Frequency(
        (6, Gen.Select(Gen.OneOf("max-age", "max-stale", "min-fresh", "stale-if-error"), DeltaText, (n, d) => $"{n}={d}")),
        (4, Gen.OneOf("no-cache", "max-stale", "only-if-cached", "max-age=0")),
        (1, Gen.OneOf("no-store", "no-transform", "nothing-to-see-here", "max-stale x", "no-cache=\"a\"", "min-fresh", "max-age=5, max-age=7", "\"", ",,")));

    private static readonly Gen<string> TargetedMember = Gen.OneOf(
        Gen.OneOf("no-store", "no-cache", "private", "public", "must-revalidate", "no-cache=?0", "no-store=?1", "x=\"a\"", "Max-Age=1", "max-age=\"60\"", "max-age=-1", "private=\"x\"", "&&&"),
        Delta.Select(d => $"max-age={d}"),
        Delta.Select(d => $"stale-while-revalidate={d}"));

    private static readonly Gen<string> Separator = Gen.Frequency((8, Gen.Const(", ")), (1, Gen.Const(",")), (1, Gen.Const("\t,, ")));

    /// <summary>Text with everything that a value should not have, but may.</summary>
    public static Gen<string> Junk { get; } = Gen.OneOf(
        Gen.String[Gen.Char["\"\\,;= \tazA09*W/-_éÿ\u0001\u001f\u007f\u00a0€"], 0, 12],
        Gen.OneOf("", " ", ",", "\"", "\\", "\"\\", "W/", "W/\"", "\0", "a\r\nb: c", "ü", "日本", "\ud800", new string('9', 400)));

    public static Gen<string[]> ResponseControl { get; } = Gen.Frequency(
        (3, Gen.Const(Array.Empty<string>())),
        (10, Delta.Select(d => new[] { $"max-age={d}" })),
        (6, Gen.Select(Delta, CommonFlag, (d, f) => new[] { $"max-age={d}, {f}" })),
        (3, Gen.Select(Delta, Delta, Gen.OneOf("stale-if-error", "stale-while-revalidate", "s-maxage"), (d, e, n) => new[] { $"max-age={d}, {n}={e}" })),
        (2, Gen.OneOf("no-store", "no-cache", "public", "private").Select(f => new[] { f })),
        (5, Lists(Gen.OneOf(ResponseFlag, ResponseCount, CommonFlag))),
        (1, Junk.Array[1, 2]));

    public static Gen<string[]> RequestControl { get; } = Gen.Frequency(
        (14, Gen.Const(Array.Empty<string>())), (6, RequestMember.Select(m => new[] { m })), (2, Lists(RequestMember)), (1, Junk.Array[1, 1]));

    public static Gen<string[]> TargetedControl { get; } = Gen.Frequency(
        (12, Gen.Const(Array.Empty<string>())), (4, TargetedMember.Array[1, 3].Select(m => new[] { string.Join(", ", m) })), (1, TargetedMember.Array[1, 2]));

    public static Gen<string[]> Vary { get; } = Gen.Frequency(
        (10, Gen.Const(Array.Empty<string>())),
        (4, Gen.OneOf("Accept-Language", "X-Sel", "x-sel", "Accept-Language, X-Sel", ",, X-Sel ,", "X-Absent").Select(v => new[] { v })),
        (1, Gen.Const(new[] { "X-Sel", "Accept-Language" })),
        (1, Gen.OneOf("*", "X-Sel, *", "X-Sel, b@d", "").Select(v => new[] { v })));

    public static Gen<string[]> Age { get; } = Gen.Frequency(
        (14, Gen.Const(Array.Empty<string>())),
        (3, Gen.Int[0, 40].Select(a => new[] { $"{a}" })),
        (1, Gen.OneOf("-5", "1.5", "9999999999999", "7, 900", "a", ", 4", "5;x=y", "").Select(a => new[] { a })));

    public static Gen<string[]> Pragma { get; } = Gen.Frequency(
        (20, Gen.Const(Array.Empty<string>())), (2, Gen.Const(new[] { "no-cache" })), (1, Gen.OneOf("foo", "no-cache, x", "\"no-cache\"").Select(p => new[] { p })));

    /// <summary>Dates, from seconds that are added to a base; valid in one of three forms, nearly so, or junk.</summary>
    public static Gen<Func<DateTimeOffset, string>> DateForm { get; } = Gen.Frequency<Func<DateTimeOffset, string>>(
        (20, Gen.Const<Func<DateTimeOffset, string>>(d => d.ToString("r"))),
        (1, Gen.Const<Func<DateTimeOffset, string>>(d => d.ToString("dddd, dd-MMM-yy HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + " GMT")),
        (1, Gen.Const<Func<DateTimeOffset, string>>(d => d.ToString("ddd MMM ", System.Globalization.CultureInfo.InvariantCulture) + $"{d.Day,2}" + d.ToString(" HH:mm:ss yyyy", System.Globalization.CultureInfo.InvariantCulture))),
        (1, Gen.OneOf<Func<DateTimeOffset, string>>(
            d => d.ToString("r").Replace("GMT", "UTC"), d => d.ToString("r").Replace(",", ""), d => d.ToString("r").ToLowerInvariant(), _ => "0", _ => "", _ => "-1", d => d.ToString("o"))));

    private static Gen<string[]> Lists(Gen<string> member) =>
        Gen.Select(member.Array[1, 4], Separator, Gen.Bool, (m, s, twoLines) =>
            twoLines && m.Length > 1 ? [m[0], string.Join(s, m[1..])] : new[] { string.Join(s, m) });
}
