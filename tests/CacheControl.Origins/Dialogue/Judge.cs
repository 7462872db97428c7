namespace HttpCaching.Origins.Dialogue;

/// <summary>Compares what a caller got through the cache with what a plain client got.</summary>
internal static class Judge
{
    /// <summary>What differs and may not, or null.</summary>
    /// <param name="ask">The request.</param>
    /// <param name="plain">What the plain client got.</param>
    /// <param name="cached">What the client with the cache got.</param>
    /// <param name="allowances">What may differ; notes which of it did.</param>
    public static string? Difference(Ask ask, Answer plain, Answer cached, Allowances allowances)
    {
        if (plain.Error is not null || cached.Error is not null)
        {
            return plain.Error?.GetType() == cached.Error?.GetType() || allowances.AllowsError(ask, plain, cached)
                ? null
                : $"error: {cached.Error?.GetType().Name ?? "none"} in place of {plain.Error?.GetType().Name ?? "none"}";
        }

        if (plain.Status != cached.Status)
        {
            return allowances.AllowsStatus(ask, plain, cached) ? null : $"status: {cached.Status} in place of {plain.Status}";
        }

        if (DifferenceOfFields(ask, plain, cached, allowances) is { } difference)
        {
            return difference;
        }

        return plain.Body.AsSpan().SequenceEqual(cached.Body) || allowances.AllowsBody(ask, plain, cached)
            ? null
            : $"body: {cached.Body.Length} bytes in place of {plain.Body.Length}, other from {plain.Body.AsSpan().CommonPrefixLength(cached.Body)} on";
    }

    /// <summary>The first field that differs and may not, or null.</summary>
    public static string? DifferenceOfFields(Ask ask, Answer plain, Answer cached, Allowances allowances)
    {
        // The fields of a part are those of the whole, but for its place and length.
        var isPart = plain.Status == 200 && cached.Status is 206 or 416;
        var field = plain.Fields.Keys.Union(cached.Fields.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => !isPart || name is not ("Content-Range" or "Content-Length"))
            .Order(StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(name => plain[name] != cached[name] && !allowances.AllowsField(name, ask, plain, cached));
        return field is null ? null : $"{field}: {cached[field] ?? "none"} in place of {plain[field] ?? "none"}";
    }
}
