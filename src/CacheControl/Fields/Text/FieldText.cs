using System.Buffers;

namespace HttpCaching.Fields.Text;

/// <summary>The lexical ground of field values: tokens, whitespace and lists (RFC 9110 §5.5, §5.6).</summary>
internal static class FieldText
{
    /// <summary>The characters of a token (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether the text is one or more token characters.</summary>
    /// <param name="text">The text.</param>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether the text can stand as a field name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValidName(string name) => IsToken(name);

    /// <summary>Whether the text can stand as a field value without ending its line or the message: no CR, LF or NUL.</summary>
    /// <param name="value">The text.</param>
    public static bool IsValidValue(string value) => value is not null && !value.AsSpan().ContainsAny('\r', '\n', '\0');

    /// <summary>The text without spaces and tabs at its ends.</summary>
    /// <param name="text">The text.</param>
    public static ReadOnlySpan<char> TrimOws(ReadOnlySpan<char> text) => text.Trim(" \t");

    /// <summary>The members of a comma-separated list, trimmed, empty ones left out (RFC 9110 §5.6.1.2). Commas in quoted strings do not separate.</summary>
    /// <param name="combined">The field lines joined by commas.</param>
    public static List<string> SplitList(string combined)
    {
        var members = new List<string>();
        ReadOnlySpan<char> rest = combined;
        while (TryTakeMember(ref rest, ',', out var member))
        {
            if (!member.IsEmpty)
            {
                members.Add(member.ToString());
            }
        }

        return members;
    }

    /// <summary>Takes the text up to the next separator outside quotes, trimmed and perhaps empty; false when nothing is left.</summary>
    /// <param name="rest">What is still to be read; moved past the separator.</param>
    /// <param name="separator">The separating character.</param>
    /// <param name="member">The member.</param>
    public static bool TryTakeMember(scoped ref ReadOnlySpan<char> rest, char separator, out ReadOnlySpan<char> member)
    {
        if (rest.IsEmpty)
        {
            member = default;
            return false;
        }

        var end = IndexOfUnquoted(rest, separator, out _);
        member = TrimOws(rest[..end]);
        rest = end < rest.Length ? rest[(end + 1)..] : [];
        return true;
    }

    /// <summary>Whether the text ends inside a quoted string.</summary>
    /// <param name="text">The text.</param>
    public static bool HasOpenQuote(ReadOnlySpan<char> text)
    {
        var isOpen = false;
        while (!text.IsEmpty)
        {
            var end = IndexOfUnquoted(text, ',', out isOpen);
            text = end < text.Length ? text[(end + 1)..] : [];
        }

        return isOpen;
    }

    /// <summary>The position of the first separator outside quoted strings, or the length of the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The separating character.</param>
    /// <param name="isUnterminated">Whether the text ended inside a quoted string.</param>
    public static int IndexOfUnquoted(ReadOnlySpan<char> text, char separator, out bool isUnterminated)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (quoted && c == '\\')
            {
                i++;
            }
            else if (c == separator && !quoted)
            {
                isUnterminated = false;
                return i;
            }
        }

        isUnterminated = quoted;
        return text.Length;
    }
}
