namespace HttpCaching.Redis.Changes;

/// <summary>The ways to choose the responses of a record for a removal.</summary>
internal enum RemovedBy
{
    /// <summary>By their generations: a response that was refreshed since stays.</summary>
    Generation,

    /// <summary>By their bodies: a refreshed response is removed too.</summary>
    Body,

    /// <summary>All of them.</summary>
    Everything,
}
