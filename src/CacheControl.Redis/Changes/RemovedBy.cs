namespace HttpCaching.Redis.Changes;

/// <summary>By what the responses of a record are chosen that are removed.</summary>
internal enum RemovedBy
{
    /// <summary>By their generations: one that was refreshed since stays.</summary>
    Generation,

    /// <summary>By their bodies: a refresh changes nothing.</summary>
    Body,

    /// <summary>All of them.</summary>
    Everything,
}
