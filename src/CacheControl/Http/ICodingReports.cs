namespace HttpCaching.Http;

/// <summary>Takes reports of responses whose coding could not be undone above the cache.</summary>
internal interface ICodingReports
{
    /// <summary>Returns the action for a body that can't be decoded; null if no later request would get the same bytes from the store.</summary>
    /// <param name="response">The response, as it comes from the cache.</param>
    Func<ValueTask>? For(HttpResponseMessage response);
}
