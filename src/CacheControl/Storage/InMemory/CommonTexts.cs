using HttpCaching.Fields;

namespace HttpCaching.Storage.InMemory;

/// <summary>
/// Lets stored responses share the texts that they have in common: the names of fields, and values that an origin sends each time, as those of Server or Content-Security-Policy.
/// It remembers the last line of each name and length, in a fixed number of places. Threads may overwrite each other's lines: every text is compared before it is shared.
/// </summary>
internal sealed class CommonTexts
{
    private const int Places = 512;

    // A longer value that no stored response has any more would take memory that no limit counts.
    private const int MostCharacters = 1024;

    private readonly FieldLine[] _lines = new FieldLine[Places];

    /// <summary>Replaces the texts of a response with equal texts that are held already. Its lines stay equal.</summary>
    public void Share(HttpFields fields)
    {
        foreach (ref var line in fields.Exchangeable)
        {
            // A cookie stays in memory no longer than its response.
            if (line is not { Name: { Length: > 0 } name, Value: { Length: <= MostCharacters } value } || HttpFields.SameName(name, FieldNames.SetCookie))
            {
                continue;
            }

            ref var common = ref _lines[PlaceOf(name, value)];
            var shared = new FieldLine(Same(common.Name, name), Same(common.Value, value));
            if (!ReferenceEquals(shared.Name, common.Name) || !ReferenceEquals(shared.Value, common.Value))
            {
                common = shared;
            }

            line = shared;
        }
    }

    /// <summary>Forgets all texts.</summary>
    public void Clear() => Array.Clear(_lines);

    private static string Same(string? held, string text) => string.Equals(held, text, StringComparison.Ordinal) ? held! : text;

    // Not by the value's characters: a value that is new in each response takes the place of its predecessor, and of nothing else.
    private static int PlaceOf(string name, string value) =>
        (int)((uint)((((((value.Length * 31) + name.Length) * 31) + name[^1]) * 31) + name[name.Length / 2]) % Places);
}
