using System.Collections;

namespace HttpCaching.Fields.Structured;

/// <summary>A list of items and inner lists (RFC 9651 §3.1).</summary>
/// <param name="members">The members in order.</param>
internal sealed class StructuredList(IReadOnlyList<StructuredMember> members) : IReadOnlyList<StructuredMember>
{
    /// <summary>No members.</summary>
    public static StructuredList Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => members.Count;

    /// <inheritdoc/>
    public StructuredMember this[int index] => members[index];

    /// <inheritdoc/>
    public IEnumerator<StructuredMember> GetEnumerator() => members.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
