namespace HttpCaching.Control.Guard;

/// <summary>A removal by a filter.</summary>
/// <param name="number">How many there are with it.</param>
/// <param name="selects">Which responses it takes.</param>
internal sealed class FilteredRemoval(long number, Func<CacheKey, StoredResponse, bool> selects)
{
    public long Number => number;

    /// <summary>Whether it takes a response. If the application's filter throws here, no caller of it is left to tell: the response is not stored.</summary>
    public bool Selects(CacheKey key, StoredResponse head)
    {
        try
        {
            return selects(key, head);
        }
        catch (Exception)
        {
            return true;
        }
    }
}
