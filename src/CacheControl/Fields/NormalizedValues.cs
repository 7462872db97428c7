namespace CacheControl.Fields;

/// <summary>
/// Remembers the normal form of values seen lately. Clients send few different ones, and to normalise one takes longer than the rest of a hit.
/// May be used by many threads: every place holds an immutable pair, replaced as a whole.
/// </summary>
/// <param name="normalize">Makes the normal form of a value without an open quote.</param>
internal sealed class NormalizedValues(Func<string, string> normalize)
{
    private const int Places = 64;

    // Longer values are rare, and would stay for good where an attacker puts them.
    private const int LongestKept = 256;

    private readonly Pair?[] _pairs = new Pair?[Places];

    /// <summary>The normal form.</summary>
    /// <param name="value">The combined value.</param>
    public string Of(string value)
    {
        ref var place = ref _pairs[PlaceOf(value)];
        if (Volatile.Read(ref place) is { } pair && pair.Value == value)
        {
            return pair.Normal;
        }

        // Members could not be told apart again once something stands behind the open quote.
        var normal = FieldText.HasOpenQuote(value) ? SelectingValue.WithoutSpaceAroundCommas(value) : normalize(value);
        if (value.Length <= LongestKept)
        {
            Volatile.Write(ref place, new Pair(value, normal));
        }

        return normal;
    }

    // The length and two characters tell apart what clients really send, for less than a hash costs.
    private static int PlaceOf(string value) =>
        value.Length == 0 ? 0 : (value.Length + (value[value.Length / 2] * 5) + (value[^1] * 3)) % Places;

    private sealed record Pair(string Value, string Normal);
}
