namespace HttpCaching.Model;

/// <summary>A response without its body, as it came from the origin.</summary>
internal sealed class ResponseHead
{
    /// <summary>The status code.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The reason phrase, or <see langword="null"/>.</summary>
    public string? ReasonPhrase { get; init; }

    /// <summary>The protocol version of the message.</summary>
    public required Version HttpVersion { get; init; }

    /// <summary>All field lines; header and content fields together.</summary>
    public required HttpFields Fields { get; init; }

    /// <summary>The method that the response finally answers; differs from the captured one after a redirect below the cache.</summary>
    public required string FinalMethod { get; init; }

    /// <summary>The URI that the response finally answers, normalised like a key; differs from the captured one after a redirect below the cache.</summary>
    public required string FinalUri { get; init; }

    /// <summary>The Location, resolved and normalised like a key; <see langword="null"/> if there is none or it is not http.</summary>
    public string? Location { get; init; }

    /// <summary>The Content-Location, resolved and normalised like a key; <see langword="null"/> if there is none or it is not http.</summary>
    public string? ContentLocation { get; init; }

    /// <summary>Whether a handler below the cache has removed a content coding, or may have, so that lengths, ranges and digests do not fit the bytes.</summary>
    public bool IsDecoded { get; init; }

    /// <summary>The length that the framing declared, or <see langword="null"/> if no valid Content-Length line arrived or another framing counts.</summary>
    public long? WireContentLength { get; init; }

    /// <summary>Whether Content-Length arrived beside Transfer-Encoding: the sender, or an intermediary, means another end of the body (RFC 9112 §6.3).</summary>
    public bool HasContradictoryFraming { get; init; }

    /// <summary>Whether the Authorization that was finally sent is not the one that the caller set, if any.</summary>
    public bool CredentialsAddedBelow { get; init; }

    /// <summary>Names of request fields that a handler below the cache added or changed; a Vary that names one can't be matched.</summary>
    public IReadOnlyList<string> FieldsChangedBelow { get; init; } = [];
}
