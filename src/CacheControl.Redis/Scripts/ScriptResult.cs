namespace HttpCaching.Redis.Scripts;

/// <summary>The first value in the result of a script that makes a change.</summary>
internal enum ScriptResult
{
    /// <summary>Another writer was first: nothing was changed.</summary>
    Lost = 0,

    /// <summary>Done.</summary>
    Done = 1,

    /// <summary>The stamp differs from the snapshot's, or is gone: nothing was changed.</summary>
    StampChanged = 2,

    /// <summary>
    /// The epoch of the bucket differs from the snapshot's, or a tag of the response was removed since. Nothing was changed; the current epoch follows.
    /// </summary>
    EpochChanged = 3,

    /// <summary>Some chunks of the body are gone: nothing was changed.</summary>
    BodyGone = 4,

    /// <summary>The record would become too large: nothing was changed.</summary>
    TooLarge = 5,

    /// <summary>The head belongs to another body: nothing was changed.</summary>
    OtherBody = 6,
}
