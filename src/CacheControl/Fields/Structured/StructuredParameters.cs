using System.Collections;

namespace HttpCaching.Fields.Structured;

/// <summary>Ordered parameters with distinct keys (RFC 9651 §3.1.2).</summary>
internal sealed class StructuredParameters : IReadOnlyCollection<KeyValuePair<string, StructuredValue>>
{
    private readonly OrderedDictionary<string, StructuredValue> _values;

    /// <summary>Takes the parameters in order; a repeated key keeps its first place and takes its last value.</summary>
    /// <param name="values">Keys and values.</param>
    public StructuredParameters(IEnumerable<KeyValuePair<string, StructuredValue>> values)
    {
        _values = new OrderedDictionary<string, StructuredValue>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            _values[key] = value;
        }
    }

    /// <summary>No parameters.</summary>
    public static StructuredParameters Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key, compared exactly.</param>
    /// <param name="value">The value.</param>
    public bool TryGet(string key, out StructuredValue value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StructuredValue>> GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
