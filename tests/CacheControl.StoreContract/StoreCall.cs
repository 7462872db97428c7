namespace HttpCaching.StoreContract;

/// <summary>The calls at which a <see cref="FaultyStore"/> can fail.</summary>
public enum StoreCall
{
    /// <summary>Reading a snapshot.</summary>
    Read,

    /// <summary>Opening a body from a snapshot.</summary>
    OpenBody,

    /// <summary>Reading from an opened body.</summary>
    ReadBody,

    /// <summary>Beginning to store.</summary>
    BeginWrite,

    /// <summary>Writing body bytes.</summary>
    Write,

    /// <summary>Committing.</summary>
    Commit,

    /// <summary>Replacing a head.</summary>
    ReplaceHead,

    /// <summary>Removing a stored response.</summary>
    Remove,

    /// <summary>Invalidating a URI.</summary>
    Invalidate,
}
