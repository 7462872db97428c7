namespace HttpCaching.Redis.Scripts;

/// <summary>What a script that changes something answers first.</summary>
internal enum ScriptResult
{
    /// <summary>Another writer was first: nothing was changed.</summary>
    Lost = 0,

    /// <summary>Done.</summary>
    Done = 1,

    /// <summary>The stamp is not the one that the snapshot showed, or is gone: nothing was changed.</summary>
    StampChanged = 2,

    /// <summary>
    /// The epoch of the bucket is not the one that the snapshot was read in, or a tag of the response was removed since; what is current now follows: nothing was changed.
    /// </summary>
    EpochChanged = 3,

    /// <summary>The chunks of the body are not all there any more: nothing was changed.</summary>
    BodyGone = 4,

    /// <summary>The record would become too large: nothing was changed.</summary>
    TooLarge = 5,

    /// <summary>The head is of another body: nothing was changed.</summary>
    OtherBody = 6,
}
