using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>One entity tag (RFC 9110 §8.8.3), kept so that it can be sent back as it was received.</summary>
/// <param name="Text">The opaque tag with its quotes, or the whole received text if it is malformed.</param>
/// <param name="IsWeak">Whether a well-formed tag had the weak prefix; false for a malformed one.</param>
internal readonly record struct EntityTag(string Text, bool IsWeak)
{
    // Of Apache httpd and what imitates it, Jetty, lighttpd; the longer of two that end alike stands first.
    private static readonly string[] CodingSuffixes = ["--gzip", "-gzip", "--br", "-br", "--zstd", "-zstd", "-df", ";gzip", ";br"];

    /// <summary>Whether <see cref="Text"/> is a quoted opaque tag without spaces, controls or inner quotes.</summary>
    public bool IsWellFormed => IsOpaqueTag(Text);

    /// <summary>
    /// Whether the tag can be put into a request: no control, CR, LF, NUL or octet above ASCII, and nothing that a list of tags would
    /// read as something else (`*`, a comma outside quotes, a quote without its fellow).
    /// </summary>
    public bool IsSendable =>
        !string.IsNullOrEmpty(Text)
        && !Text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && (IsWellFormed || (Text != "*" && !Text.Contains(',') && Text.AsSpan().Count('"') % 2 == 0));

    /// <summary>The tag without the suffix by which a server that compresses on the fly has told its coding; null if it has none.</summary>
    public EntityTag? WithoutCoding
    {
        get
        {
            foreach (var suffix in CodingSuffixes)
            {
                if (IsWellFormed && Text.Length > suffix.Length + 2 && Text.AsSpan(1, Text.Length - 2).EndsWith(suffix, StringComparison.Ordinal))
                {
                    return this with { Text = string.Concat(Text.AsSpan(0, Text.Length - suffix.Length - 1), "\"") };
                }
            }

            return null;
        }
    }

    /// <summary>Whether the two are different, and the same but for the suffixes of codings and for their strength.</summary>
    /// <param name="other">The other tag.</param>
    public bool DiffersByCoding(EntityTag other) =>
        !WeakMatches(other) && IsWellFormed && other.IsWellFormed
        && string.Equals((WithoutCoding ?? this).Text, (other.WithoutCoding ?? other).Text, StringComparison.Ordinal);

    /// <summary>Reads a tag; any text gives one, malformed text a tag for which <see cref="IsWellFormed"/> is false.</summary>
    /// <param name="value">The field value; surrounding whitespace is removed.</param>
    public static EntityTag Parse(string value)
    {
        var text = FieldText.TrimOws(value);
        if (text.StartsWith("W/", StringComparison.Ordinal) && IsOpaqueTag(text[2..]))
        {
            return new EntityTag(text[2..].ToString(), IsWeak: true);
        }

        return new EntityTag(text.Length == value.Length ? value : text.ToString(), IsWeak: false);
    }

    /// <summary>Whether both are well-formed, strong and the same (RFC 9110 §8.8.3.2).</summary>
    /// <param name="other">The other tag.</param>
    public bool StrongMatches(EntityTag other) =>
        !IsWeak && !other.IsWeak && string.Equals(Text, other.Text, StringComparison.Ordinal) && IsWellFormed;

    /// <summary>Whether the opaque tags are the same, weak or not; malformed tags match only the same malformed text.</summary>
    /// <param name="other">The other tag.</param>
    public bool WeakMatches(EntityTag other) =>
        !string.IsNullOrEmpty(Text)
        && string.Equals(Text, other.Text, StringComparison.Ordinal)
        && (IsWeak == other.IsWeak || IsWellFormed);

    /// <summary>The tag as it was received.</summary>
    public override string ToString() => IsWeak ? "W/" + Text : Text ?? string.Empty;

    private static bool IsOpaqueTag(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
        {
            return false;
        }

        foreach (var c in text[1..^1])
        {
            if (c is <= ' ' or '"' or '\x7F')
            {
                return false;
            }
        }

        return true;
    }
}
