namespace HttpCaching;

/// <summary>
/// Remembers what the names of request fields mean: to look takes less than the question. Many threads may use it. It drops entries: a place holds one name.
/// </summary>
/// <param name="isRemoved">Whether the rest of the pipeline removes the field of a name; null if it removes none.</param>
internal sealed class FieldNameTable(Func<string, bool>? isRemoved)
{
    private const int Places = 256;

    // Longer ones are rare, and would stay for ever once they are here.
    private const int LongestKept = 64;

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>What a name means.</summary>
    public FieldMeaning Of(string name)
    {
        ref var place = ref _entries[PlaceOf(name)];
        if (Volatile.Read(ref place) is { } known && known.Name == name)
        {
            return known.Meaning;
        }

        var meaning = Ask(name);
        if (name.Length <= LongestKept)
        {
            Volatile.Write(ref place, new Entry(name, meaning));
        }

        return meaning;
    }

    private static int PlaceOf(string name) =>
        name.Length == 0 ? 0 : (int)((uint)((name.Length * 31) + (name[0] * 7) + (name[^1] * 131) + (name[name.Length / 2] * 17)) % Places);

    private FieldMeaning Ask(string name) =>
        Is(name, "Host") ? FieldMeaning.None
        : Is(name, "Connection") ? FieldMeaning.Connection
        : Is(name, "Expect") || Is(name, "Trailer") || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? FieldMeaning.InQuestion
        : isRemoved?.Invoke(name) is true ? FieldMeaning.None
        : FieldMeaning.Plain;

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);

    private sealed record Entry(string Name, FieldMeaning Meaning);
}
