namespace HttpCaching;

/// <summary>
/// The fields of a request, one name after the other, for <see cref="HttpCacheFront"/>. A structure: each pass is made over a copy, so that it begins before the first name.
/// </summary>
public interface IHttpCacheRequestFields
{
    /// <summary>The name at hand.</summary>
    string Name { get; }

    /// <summary>The value of the name at hand; <see langword="null"/> if it has several lines.</summary>
    string? Value { get; }

    /// <summary>Whether the name at hand makes the request one that the front does not answer, beside those names that steer every cache.</summary>
    bool IsInQuestion { get; }

    /// <summary>Goes to the next name. A name is shown once.</summary>
    /// <returns>False after the last one.</returns>
    bool MoveNext();
}
