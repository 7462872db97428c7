namespace HttpCaching.Policy;

/// <summary>Whether a response is stored, or the first rule that says no.</summary>
internal enum StorageVerdict
{
    Stored,
    Bypassed,
    Method,
    Redirected,
    RequestNoStore,
    Status,
    StatusFilter,
    RuleFailed,
    NoStore,
    NotUnderstood,
    PrivateInShared,
    Authorization,
    SetCookie,
    VaryAny,
    NoPermission,
    Endless,
    TooLarge,
    Partial,
    PostWithoutLocation,
    InvalidFields,
    ContradictoryFraming,
}
