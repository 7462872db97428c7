namespace HttpCaching.Control;

/// <summary>A response on its way to the caller, and what the cache did for it.</summary>
/// <param name="Message">The response.</param>
/// <param name="Status">What the cache did.</param>
/// <param name="BytesFromCache">How many bytes of its body come from the store.</param>
internal readonly record struct Answer(HttpResponseMessage Message, CacheStatus Status, long BytesFromCache = 0)
{
    /// <summary>No response yet: the store has to be looked at again, because the response may be there by now.</summary>
    public static Answer LookAgain => default;

    public bool IsLookAgain => Message is null;
}
