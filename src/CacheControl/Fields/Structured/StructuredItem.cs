namespace HttpCaching.Fields.Structured;

/// <summary>A bare item with parameters (RFC 9651 §3.3).</summary>
/// <param name="value">The bare item.</param>
/// <param name="parameters">Its parameters.</param>
internal sealed class StructuredItem(StructuredValue value, StructuredParameters parameters) : StructuredMember(parameters)
{
    /// <summary>An item without parameters.</summary>
    /// <param name="value">The bare item.</param>
    public StructuredItem(StructuredValue value)
        : this(value, StructuredParameters.Empty)
    {
    }

    /// <summary>The bare item.</summary>
    public StructuredValue Value { get; } = value;
}
