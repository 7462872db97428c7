using System.Buffers;
using System.Text;
using System.Text.Unicode;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields.Structured;

/// <summary>Character classes and encodings shared by reading and writing structured fields (RFC 9651 §3, §4).</summary>
internal static class StructuredSyntax
{
    private const string LowerHex = "0123456789abcdef";

    /// <summary>Whether the character can stand in a key (§3.1.2).</summary>
    /// <param name="c">The character.</param>
    /// <param name="isFirst">Whether it begins the key.</param>
    public static bool IsKeyCharacter(char c, bool isFirst) =>
        char.IsAsciiLetterLower(c) || c == '*' || (!isFirst && (char.IsAsciiDigit(c) || c is '_' or '-' or '.'));

    /// <summary>Whether the character can stand in a token (§3.3.4).</summary>
    /// <param name="c">The character.</param>
    /// <param name="isFirst">Whether it begins the token.</param>
    public static bool IsTokenCharacter(char c, bool isFirst) =>
        char.IsAsciiLetter(c) || c == '*' || (!isFirst && (c is ':' or '/' || FieldText.TokenCharacters.Contains(c)));

    /// <summary>Whether the text is a key.</summary>
    /// <param name="text">The text.</param>
    public static bool IsKey(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsKeyCharacter(text[i], isFirst: i == 0))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Whether the text is a token.</summary>
    /// <param name="text">The text.</param>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsTokenCharacter(text[i], isFirst: i == 0))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Decodes base64; padding may be missing and spare bits may be set, but whitespace and other letters are refused (§4.2.7).</summary>
    /// <param name="text">What stands between the colons.</param>
    /// <param name="bytes">The bytes.</param>
    public static bool TryDecodeBase64(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        var digits = text.TrimEnd('=');
        var padding = text.Length - digits.Length;
        if (padding > 2 || digits.Length % 4 == 1 || (padding > 0 && text.Length % 4 != 0))
        {
            return false;
        }

        var decoded = new byte[digits.Length * 3 / 4];
        var (bits, count, written) = (0, 0, 0);
        foreach (var c in digits)
        {
            if (Base64Digit(c) is not { } digit)
            {
                return false;
            }

            bits = ((bits << 6) | digit) & 0xFFFF;
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                decoded[written++] = (byte)(bits >> count);
            }
        }

        bytes = decoded;
        return true;
    }

    /// <summary>Decodes percent-encoded UTF-8 with lower-case digits (§4.2.10).</summary>
    /// <param name="text">What stands between the quotes.</param>
    /// <param name="decoded">The text.</param>
    public static bool TryDecodePercent(ReadOnlySpan<char> text, out string decoded)
    {
        decoded = string.Empty;
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, text.Length));
        for (var i = 0; i < text.Length; i++)
        {
            var octet = text[i];
            if (octet is < ' ' or > '~')
            {
                return false;
            }

            if (octet == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigitLower(text[i + 1]) || !char.IsAsciiHexDigitLower(text[i + 2]))
                {
                    return false;
                }

                octet = (char)((LowerHex.IndexOf(text[i + 1]) << 4) | LowerHex.IndexOf(text[i + 2]));
                i += 2;
            }

            bytes.Write([(byte)octet]);
        }

        if (!Utf8.IsValid(bytes.WrittenSpan))
        {
            return false;
        }

        decoded = Encoding.UTF8.GetString(bytes.WrittenSpan);
        return true;
    }

    /// <summary>Appends text as percent-encoded UTF-8; false if it holds a lone surrogate (§4.1.11).</summary>
    /// <param name="text">The text.</param>
    /// <param name="output">Where to append.</param>
    public static bool TryEncodePercent(string text, StringBuilder output)
    {
        ReadOnlySpan<char> rest = text;
        Span<byte> bytes = stackalloc byte[4];
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
            if (rune.Value is >= ' ' and <= '~' and not ('%' or '"'))
            {
                output.Append((char)rune.Value);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                output.Append('%').Append(LowerHex[b >> 4]).Append(LowerHex[b & 15]);
            }
        }

        return true;
    }

    private static int? Base64Digit(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => null,
    };
}
