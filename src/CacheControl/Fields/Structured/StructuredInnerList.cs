namespace HttpCaching.Fields.Structured;

/// <summary>Items in parentheses with parameters of their own (RFC 9651 §3.1.1).</summary>
/// <param name="items">The items in order.</param>
/// <param name="parameters">The parameters of the list as a whole.</param>
internal sealed class StructuredInnerList(IReadOnlyList<StructuredItem> items, StructuredParameters parameters) : StructuredMember(parameters)
{
    /// <summary>The items in order; perhaps none.</summary>
    public IReadOnlyList<StructuredItem> Items { get; } = items;
}
