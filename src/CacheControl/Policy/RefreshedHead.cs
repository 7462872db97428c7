namespace HttpCaching.Policy;

/// <summary>A stored head that a 304, or a HEAD that agrees with it, has updated.</summary>
/// <param name="Head">What is stored of it.</param>
/// <param name="ForCaller">
/// The same as the caller gets it whose request was validated: with the fields that the 304 itself carries, also those that must not be kept
/// (RFC 9111 §5.2.2.4, §5.2.2.7). It is never stored.
/// </param>
internal readonly record struct RefreshedHead(StoredResponse Head, StoredResponse ForCaller);
