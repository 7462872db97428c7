using System.Text;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>One member of Accept, Accept-Encoding or Accept-Language in normal form (RFC 9110 §12.4.2, §12.5).</summary>
/// <param name="Name">What is preferred, in lower case; the whole text if the member is malformed.</param>
/// <param name="Text">Name, parameters and weight in normal form; a malformed member unchanged.</param>
/// <param name="Quality">The weight in thousandths, 0 to 1000.</param>
internal readonly record struct Preference(string Name, string Text, int Quality)
{
    private const int FullQuality = 1000;

    /// <summary>Reads a member. A member that can't be parsed is kept as it is.</summary>
    /// <param name="member">The trimmed, non-empty member.</param>
    /// <param name="isEncoding">Whether the old names of content codings are to be replaced by the new ones (RFC 9110 §8.4.1).</param>
    public static Preference Parse(ReadOnlySpan<char> member, bool isEncoding)
    {
        var rest = member;
        FieldText.TryTakeMember(ref rest, ';', out var range);
        if (!IsRange(range))
        {
            return Unchanged(member);
        }

        var name = range.ToString().ToLowerInvariant();
        name = isEncoding ? CurrentCoding(name) : name;
        var text = new StringBuilder(name, member.Length);
        int? quality = null;
        while (FieldText.TryTakeMember(ref rest, ';', out var parameter))
        {
            var equals = parameter.IndexOf('=');
            if (equals <= 0 || !FieldText.IsToken(parameter[..equals]))
            {
                return Unchanged(member);
            }

            if (!parameter[..equals].Equals("q", StringComparison.OrdinalIgnoreCase))
            {
                // The value may be sensitive to case; only its name is not.
                text.Append(';').Append(parameter[..equals].ToString().ToLowerInvariant()).Append(parameter[equals..]);
                continue;
            }

            if (quality is not null || !TryQuality(parameter[(equals + 1)..], out var thousandths))
            {
                return Unchanged(member);
            }

            quality = thousandths;

            // A full weight is the default, but what follows it would turn into a parameter of the range if it were dropped.
            if (thousandths != FullQuality || !rest.IsEmpty)
            {
                AppendQuality(text.Append(";q="), thousandths);
            }
        }

        // A separator at the very end would otherwise make the member equal to the one without it, which is right but not sure.
        return member[^1] == ';' ? Unchanged(member) : new Preference(name, text.ToString(), quality ?? FullQuality);
    }

    // A token, or two around a slash; only ASCII, so that folding case cannot make different names equal.
    private static bool IsRange(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        return slash < 0 ? FieldText.IsToken(text) : FieldText.IsToken(text[..slash]) && FieldText.IsToken(text[(slash + 1)..]);
    }

    private static Preference Unchanged(ReadOnlySpan<char> member)
    {
        var text = member.ToString();
        return new Preference(text, text, FullQuality);
    }

    private static string CurrentCoding(string name) => name switch
    {
        "x-gzip" => "gzip",
        "x-compress" => "compress",
        _ => name,
    };

    // 0, 0.5, 0.123, 1, 1.000 and also "0." and "1."
    private static bool TryQuality(ReadOnlySpan<char> text, out int thousandths)
    {
        thousandths = 0;
        if (text.IsEmpty || text.Length > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.'))
        {
            return false;
        }

        thousandths = (text[0] - '0') * FullQuality;
        var weight = 100;
        foreach (var c in text[Math.Min(2, text.Length)..])
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            thousandths += (c - '0') * weight;
            weight /= 10;
        }

        return thousandths <= FullQuality;
    }

    private static void AppendQuality(StringBuilder text, int thousandths)
    {
        if (thousandths % FullQuality == 0)
        {
            text.Append((char)('0' + (thousandths / FullQuality)));
            return;
        }

        text.Append("0.");
        for (var weight = 100; thousandths > 0; weight /= 10)
        {
            text.Append((char)('0' + (thousandths / weight)));
            thousandths %= weight;
        }
    }
}
