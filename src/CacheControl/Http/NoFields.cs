namespace HttpCaching.Http;

/// <summary>The fields of a message that has none.</summary>
internal readonly struct NoFields : IHttpCacheRequestFields
{
    /// <inheritdoc/>
    public string Name => string.Empty;

    /// <inheritdoc/>
    public string? Value => null;

    /// <inheritdoc/>
    public bool IsInQuestion => false;

    /// <inheritdoc/>
    public bool MoveNext() => false;
}
