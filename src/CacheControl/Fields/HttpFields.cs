using System.Diagnostics.CodeAnalysis;

namespace HttpCaching.Storage;

/// <summary>
/// An ordered, immutable view of field lines with lookup by case-insensitive name (RFC 9110 §5).
/// The default value is the empty collection.
/// </summary>
public readonly struct HttpFields
{
    private readonly FieldLine[]? _lines;

    // One bit for each length that a name has (modulo 64): most lookups are for names that are not there, and end here.
    private readonly ulong _lengths;

    /// <summary>Wraps <paramref name="lines"/> without copying. The caller must not change the array afterwards.</summary>
    /// <param name="lines">The field lines in the order they were received.</param>
    public HttpFields(FieldLine[] lines)
        : this(lines, lines.Length)
    {
    }

    /// <summary>Wraps the first <paramref name="count"/> elements of <paramref name="lines"/> without copying.</summary>
    /// <param name="lines">The array that holds the field lines.</param>
    /// <param name="count">The number of elements to use; between 0 and the array's length.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or larger than the array.</exception>
    public HttpFields(FieldLine[] lines, int count)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, lines.Length);
        _lines = lines;
        Count = count;
        foreach (var line in lines.AsSpan(0, count))
        {
            // A default line has no name, and is never found.
            _lengths |= line.Name is { } name ? 1UL << name.Length : 0;
        }
    }

    /// <summary>No field lines.</summary>
    public static HttpFields Empty => default;

    /// <summary>The number of field lines (not of names).</summary>
    public int Count { get; }

    /// <summary>The field lines in order.</summary>
    public ReadOnlySpan<FieldLine> Lines => new(_lines, 0, Count);

    /// <summary>The lines themselves: a text may be exchanged for an equal one, at any time.</summary>
    internal Span<FieldLine> Exchangeable => new(_lines, 0, Count);

    /// <summary>Returns the field line at <paramref name="index"/>.</summary>
    /// <param name="index">Zero-based position.</param>
    /// <exception cref="IndexOutOfRangeException"><paramref name="index"/> is outside the collection.</exception>
    public FieldLine this[int index] => Lines[index];

    /// <summary>Returns whether two field names are the same name; case does not matter (RFC 9110 §5.1).</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other name.</param>
    public static bool SameName(string left, string right) =>
        ReferenceEquals(left, right) || (left.Length == right.Length && left.Equals(right, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns whether at least one line has this name.</summary>
    /// <param name="name">The field name.</param>
    public bool Contains(string name) => IndexOf(name, 0) >= 0;

    /// <summary>Returns the value of the first line with this name, or <see langword="null"/> if there is none.</summary>
    /// <param name="name">The field name.</param>
    public string? First(string name)
    {
        var index = IndexOf(name, 0);
        return index < 0 ? null : _lines![index].Value;
    }

    /// <summary>Returns the number of lines with this name.</summary>
    /// <param name="name">The field name.</param>
    public int CountOf(string name)
    {
        var count = 0;
        for (var i = IndexOf(name, 0); i >= 0; i = IndexOf(name, i + 1))
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// Returns the values of all lines with this name, joined by ", " in order (RFC 9110 §5.3), or <see langword="null"/> if there is none.
    /// If there is one line, its value is returned unchanged.
    /// </summary>
    /// <param name="name">The field name.</param>
    public string? Combined(string name)
    {
        var first = IndexOf(name, 0);
        if (first < 0)
        {
            return null;
        }

        var next = IndexOf(name, first + 1);
        if (next < 0)
        {
            return _lines![first].Value;
        }

        var values = new List<string> { _lines![first].Value };
        for (; next >= 0; next = IndexOf(name, next + 1))
        {
            values.Add(_lines[next].Value);
        }

        return string.Join(", ", values);
    }

    /// <summary>Returns the lines for which <paramref name="keep"/> returns true, in order.</summary>
    /// <param name="keep">The condition; called once for each line.</param>
    public HttpFields Where(Func<FieldLine, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var first = 0;
        while (first < Count && keep(this[first]))
        {
            first++;
        }

        if (first == Count)
        {
            return this;
        }

        var kept = new List<FieldLine>(Count - 1);
        kept.AddRange(Lines[..first]);
        foreach (var line in Lines[(first + 1)..])
        {
            if (keep(line))
            {
                kept.Add(line);
            }
        }

        return new HttpFields(kept.ToArray());
    }

    /// <summary>Returns the same lines without those of this name.</summary>
    /// <param name="name">The field name.</param>
    public HttpFields Without(string name) => Contains(name) ? Where(line => !SameName(line.Name, name)) : this;

    /// <summary>Returns the same lines with one more at the end.</summary>
    /// <param name="name">The field name.</param>
    /// <param name="value">The field value.</param>
    public HttpFields Append(string name, string value)
    {
        var lines = new FieldLine[Count + 1];
        Lines.CopyTo(lines);
        lines[Count] = new FieldLine(name, value);
        return new HttpFields(lines);
    }

    /// <summary>Returns the same lines with exactly one line of this name, at the end.</summary>
    /// <param name="name">The field name.</param>
    /// <param name="value">The field value.</param>
    public HttpFields With(string name, string value) => Without(name).Append(name, value);

    /// <summary>Copies the lines, in order, to an array, for callers that build a changed collection.</summary>
    public FieldLine[] ToArray() => Lines.ToArray();

    /// <summary>Returns the position of the next line of this name at or after <paramref name="start"/>, or -1 if there is none.</summary>
    /// <param name="name">The field name.</param>
    /// <param name="start">The first position to look at; from 0.</param>
    public int IndexOf(string name, int start)
    {
        if ((_lengths & (1UL << name.Length)) == 0)
        {
            return -1;
        }

        var lines = Lines;
        for (var i = start; i < Count; i++)
        {
            if (SameName(lines[i].Name, name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Finds the value of the first line with this name.</summary>
    /// <param name="name">The field name.</param>
    /// <param name="value">The value, or <see langword="null"/> if there is no such line.</param>
    public bool TryGetFirst(string name, [NotNullWhen(true)] out string? value) => (value = First(name)) is not null;
}
