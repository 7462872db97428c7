namespace HttpCaching.Fields;

/// <summary>
/// Remembers the normal form of values seen lately. Clients send few different ones, and to normalise one takes longer than the rest of a hit.
/// May be used by many threads: every place holds an immutable pair, replaced as a whole.
/// </summary>
internal sealed class NormalizedValues
{
    private const int Places = 64;

    // Longer values are rare, and would stay for good where an attacker puts them.
    private const int LongestKept = 256;

    private readonly Pair?[] _pairs = new Pair?[Places];

    /// <summary>The normal form.</summary>
    /// <param name="kind">What the preferences are about.</param>
    /// <param name="value">The combined value.</param>
    public string Of(PreferenceKind kind, string value)
    {
        ref var place = ref _pairs[PlaceOf(kind, value)];
        if (Volatile.Read(ref place) is { } pair && pair.Value == value && pair.Kind == kind)
        {
            return pair.Normal;
        }

        var normal = SelectingValue.NormalForm(kind, value);
        if (value.Length <= LongestKept)
        {
            Volatile.Write(ref place, new Pair(kind, value, normal));
        }

        return normal;
    }

    // The kind, the length and two characters tell apart what clients really send, for less than a hash costs.
    private static int PlaceOf(PreferenceKind kind, string value) =>
        value.Length == 0 ? 0 : (((int)kind * 17) + value.Length + (value[value.Length / 2] * 5) + (value[^1] * 3)) % Places;

    private sealed record Pair(PreferenceKind Kind, string Value, string Normal);
}
