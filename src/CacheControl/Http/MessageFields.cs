using System.Net.Http.Headers;

namespace HttpCaching.Http;

/// <summary>The fields of a message.</summary>
/// <param name="headers">The headers.</param>
internal struct MessageFields(HttpHeadersNonValidated headers) : IHttpCacheRequestFields
{
    // Not readonly: it moves.
    private HttpHeadersNonValidated.Enumerator _enumerator = headers.GetEnumerator();

    /// <inheritdoc/>
    public readonly string Name => _enumerator.Current.Key;

    /// <inheritdoc/>
    public readonly string? Value => _enumerator.Current.Value is { Count: 1 } values ? values.ToString() : null;

    /// <inheritdoc/>
    public readonly bool IsInQuestion => false;

    /// <inheritdoc/>
    public bool MoveNext() => _enumerator.MoveNext();
}
