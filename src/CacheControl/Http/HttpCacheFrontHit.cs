using System.Diagnostics.CodeAnalysis;

namespace HttpCaching;

/// <summary>A stored response that a server can send. It has been counted and logged.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Given once, and never compared.")]
public readonly struct HttpCacheFrontHit
{
    internal HttpCacheFrontHit(HttpCacheFrontHead head, StoredBody body, string age, CacheStatus status, string? cacheStatusField)
    {
        Head = head;
        Body = body;
        Age = age;
        Status = status;
        CacheStatusField = cacheStatusField;
    }

    /// <summary>What it has in common with all others out of the stored response.</summary>
    public HttpCacheFrontHead Head { get; }

    /// <summary>Its body. The caller disposes it after the last read.</summary>
    public StoredBody Body { get; }

    /// <summary>The value of its Age.</summary>
    public string Age { get; }

    /// <summary>What the cache did.</summary>
    public CacheStatus Status { get; }

    /// <summary>The value to add to Cache-Status, behind those of other caches; <see langword="null"/> to add none.</summary>
    public string? CacheStatusField { get; }
}
