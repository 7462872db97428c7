using System.Buffers;

namespace HttpCaching.Storage.Format;

/// <summary>Checks the texts of a stored head, on the way in and on the way out.</summary>
internal static class HeadText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> LineBreakers = SearchValues.Create("\r\n\0");

    /// <summary>Whether a text is a token (RFC 9110 §5.6.2), as methods and field names are.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether a text stays on its line wherever it is written: HttpClient itself lets CR and LF pass.</summary>
    public static bool IsOneLine(string? text) => text is null || !text.AsSpan().ContainsAny(LineBreakers);
}
