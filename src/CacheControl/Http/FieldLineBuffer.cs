using System.Net.Http.Headers;

namespace HttpCaching.Http;

/// <summary>Collects raw header values as field lines, one for each value, in an array that grows when needed.</summary>
internal ref struct FieldLineBuffer(FieldLine[]? array)
{
    private FieldLine[] _array = array ?? [];

    /// <summary>A buffer with room for so many lines.</summary>
    /// <param name="capacity">How many are expected; more grow it.</param>
    public FieldLineBuffer(int capacity)
        : this(capacity == 0 ? null : new FieldLine[capacity])
    {
    }

    /// <summary>The number of lines collected.</summary>
    public int Count { get; private set; }

    /// <summary>The array that holds the lines, longer than they are as a rule.</summary>
    public readonly FieldLine[] Array => _array;

    /// <summary>Adds every value of every field.</summary>
    /// <param name="headers">The raw view: typed getters would combine, reorder and drop values.</param>
    public void Add(HttpHeadersNonValidated headers)
    {
        if (headers.Count == 0)
        {
            return;
        }

        Reserve(headers.Count);
        foreach (var header in headers)
        {
            if (header.Value.Count == 1)
            {
                Add(header.Key, header.Value.ToString());
                continue;
            }

            foreach (var value in header.Value)
            {
                Add(header.Key, value);
            }
        }
    }

    private void Add(string name, string value)
    {
        if (Count == _array.Length)
        {
            Reserve(4);
        }

        _array[Count++] = new FieldLine(name, value);
    }

    private void Reserve(int more)
    {
        if (_array.Length - Count < more)
        {
            System.Array.Resize(ref _array, Count + Math.Max(more, Count));
        }
    }
}
