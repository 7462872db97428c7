using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HttpCaching.Fields.Structured;

/// <summary>An ordered dictionary with distinct keys (RFC 9651 §3.2).</summary>
internal sealed class StructuredDictionary : IReadOnlyCollection<KeyValuePair<string, StructuredMember>>
{
    private readonly OrderedDictionary<string, StructuredMember> _members;

    /// <summary>Takes the members in order; a repeated key keeps its first place and takes its last value.</summary>
    /// <param name="members">Keys and values.</param>
    public StructuredDictionary(IEnumerable<KeyValuePair<string, StructuredMember>> members)
    {
        _members = new OrderedDictionary<string, StructuredMember>(StringComparer.Ordinal);
        foreach (var (key, member) in members)
        {
            _members[key] = member;
        }
    }

    /// <summary>No members.</summary>
    public static StructuredDictionary Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _members.Count;

    /// <summary>The member of a key.</summary>
    /// <param name="key">The key, compared exactly.</param>
    /// <param name="member">The member.</param>
    public bool TryGet(string key, [NotNullWhen(true)] out StructuredMember? member) => _members.TryGetValue(key, out member);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StructuredMember>> GetEnumerator() => _members.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
