namespace HttpCaching.Storage.InMemory;

/// <summary>The memory cost of a stored response, as exact as a limit needs.</summary>
internal static class StoredSize
{
    // The objects around a response: head, snapshot, dictionary node, queue links, arrays, and the results that the rules keep with the head.
    private const int FixedBytes = 640;
    private const int StringOverhead = 24;
    private const int LineOverhead = 16;

    /// <summary>The bytes that a response counts for. A string counts once for each reference to it.</summary>
    public static long Of(CacheKey key, StoredResponse head, long bodyLength)
    {
        var size = FixedBytes + bodyLength + Of(key.Uri) + Of(key.Scope) + Of(head.Variant) + Of(head.ReasonPhrase);
        foreach (var line in head.Fields.Lines)
        {
            size += LineOverhead + Of(line.Name) + Of(line.Value);
        }

        size += Of(head.SelectingFields);
        foreach (var selection in head.FurtherSelections)
        {
            size += LineOverhead + Of(selection);
        }

        foreach (var tag in head.Tags)
        {
            size += Of(tag);
        }

        return size;
    }

    private static long Of(SelectingFields selection)
    {
        var size = 0L;
        foreach (var field in selection.Fields)
        {
            size += LineOverhead + Of(field.Name) + Of(field.Value);
        }

        return size;
    }

    private static long Of(string? text) => text is null ? 0 : StringOverhead + (2L * text.Length);
}
