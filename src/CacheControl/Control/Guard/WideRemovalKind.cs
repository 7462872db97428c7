namespace HttpCaching.Control.Guard;

/// <summary>By what a <see cref="WideRemoval"/> chooses.</summary>
internal enum WideRemovalKind
{
    /// <summary>By a tag.</summary>
    Tag,

    /// <summary>By the beginning of the URI.</summary>
    Prefix,

    /// <summary>Everything.</summary>
    All,
}
