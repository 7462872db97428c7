using CsCheck;

namespace HttpCaching.Tests.Fields;

/// <summary>Generators of texts that look enough like fields to reach beyond the first check of a parser.</summary>
internal static class Texts
{
    public static Gen<string> CacheControl { get; } = Of(
        "max-age", "no-store", "no-cache", "private", "max-stale", "s-maxage", "stale-if-error", "=", "\"", "\\", ",", " ", "\t", "60", "-1", "a", "é", "\n");

    public static Gen<string> Structured { get; } = Of(
        "a", "b=", "=", "\"", "\\", ",", ", ", " ", "\t", ";", "(", ")", "?1", "?0", "1", "-2", "3.5", "@", "%\"", "%c3%bc", "%", ":YQ==:", ":", "*", "tok/en", "é");

    public static Gen<string> List { get; } = Of(
        "W/", "w/", "\"a\"", "\"", "\\", ",", " ", "*", "gzip", "x-gzip", "en", "text/html", ";", "q=", "Q=1.000", "0.5", "bytes", "=", "-", "/", "99999999999999999999", "7", "é");

    private static Gen<string> Of(params string[] pieces) =>
        Gen.OneOf<string>(Gen.String, Gen.OneOf<string>(pieces).List[0, 16].Select(string.Concat));
}
