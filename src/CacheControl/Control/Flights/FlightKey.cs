namespace HttpCaching.Control.Flights;

/// <summary>The common properties of requests that may share an exchange. Its hash code is computed once: a miss looks it up several times.</summary>
internal readonly struct FlightKey : IEquatable<FlightKey>
{
    private readonly int _hash;

    // A number and not the struct itself, which would take eight bytes.
    private readonly ushort _wire;

    /// <param name="key">The cache key.</param>
    /// <param name="isValidation">Whether the request validates a stored response: a 304 can be shared where a new response could not.</param>
    /// <param name="variant">The requested variant, or <see langword="null"/> while nothing is known of the resource's Vary.</param>
    /// <param name="wire">The requested HTTP version.</param>
    public FlightKey(CacheKey key, bool isValidation = false, string? variant = null, WireVersion wire = default)
    {
        Key = key;
        IsValidation = isValidation;
        Variant = variant;
        _wire = wire.Bits;

        // Most keys are only a URI.
        _hash = key.Scope is null && !isValidation && variant is null && _wire == 0
            ? ProcessUriHash.Of(key.Uri)
            : HashCode.Combine(ProcessUriHash.Of(key.Uri), key.Scope, isValidation, variant, _wire);
    }

    public CacheKey Key { get; }

    public bool IsValidation { get; }

    public string? Variant { get; }

    public bool Equals(FlightKey other) =>
        _hash == other._hash && IsValidation == other.IsValidation && Key == other.Key && Variant == other.Variant && _wire == other._wire;

    public override bool Equals(object? obj) => obj is FlightKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
