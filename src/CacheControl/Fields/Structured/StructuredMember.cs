namespace HttpCaching.Fields.Structured;

/// <summary>A member of a list or dictionary: an item or an inner list (RFC 9651 §3.1, §3.2).</summary>
/// <param name="parameters">The parameters attached to it.</param>
internal abstract class StructuredMember(StructuredParameters parameters)
{
    /// <summary>The parameters attached to the member, in order.</summary>
    public StructuredParameters Parameters { get; } = parameters;
}
