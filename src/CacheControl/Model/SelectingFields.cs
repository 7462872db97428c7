namespace HttpCaching.Storage;

/// <summary>
/// The fields of the original request that the stored response's Vary nominates (RFC 9111 §4.1), each with its combined value or the
/// fact that it was absent. Values of sensitive fields (Authorization, Cookie) are kept as keyed hashes.
/// </summary>
/// <param name="Fields">One element for each nominated name, in the order of Vary.</param>
public sealed record SelectingFields(IReadOnlyList<SelectingField> Fields)
{
    /// <summary>No nominated field.</summary>
    public static SelectingFields None { get; } = new([]);
}
