namespace HttpCaching.Control.Keys;

/// <summary>
/// Remembers URIs that are already normal. The check takes longer than a look-up here.
/// Many threads may use it. It drops entries: a place holds one text.
/// </summary>
internal sealed class PlainUris
{
    public const int Places = 1024;

    // Longer ones are rare, and would stay for ever once they are here.
    private const int LongestKept = 512;
    private const int Samples = 8;

    private readonly string?[] _texts = new string?[Places];

    /// <summary>Whether the text was added and not dropped since.</summary>
    public bool Contains(string text) => string.Equals(Volatile.Read(ref _texts[PlaceOf(text)]), text);

    public void Add(string text)
    {
        if (text.Length <= LongestKept)
        {
            Volatile.Write(ref _texts[PlaceOf(text)], text);
        }
    }

    /// <summary>The place of a text among <see cref="Places"/>. URIs of one origin differ near the end: some characters there tell them apart for less than a hash of the whole costs.</summary>
    public static int PlaceOf(string text)
    {
        var place = text.Length;
        for (var i = Math.Max(0, text.Length - (3 * Samples)); i < text.Length; i += 3)
        {
            place = (place * 31) + text[i];
        }

        return (int)((uint)(place ^ (place >> 15)) % Places);
    }
}
