namespace HttpCaching.DependencyInjection;

/// <summary>How many letters have to be added, removed or replaced to turn one name into another.</summary>
internal static class EditDistance
{
    /// <summary>The distance of two names, regardless of case.</summary>
    public static int Between(string one, string other)
    {
        var (before, row) = (new int[other.Length + 1], new int[other.Length + 1]);
        for (var j = 0; j <= other.Length; j++)
        {
            before[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = before[j - 1] + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(before[j], row[j - 1]) + 1);
            }

            (before, row) = (row, before);
        }

        return before[other.Length];
    }
}
