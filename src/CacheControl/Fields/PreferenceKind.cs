namespace HttpCaching.Fields;

/// <summary>The subject of a list of preferences, which decides which of its parts have a meaning (RFC 9110 §12.5).</summary>
internal enum PreferenceKind
{
    /// <summary>No list of preferences.</summary>
    None,

    /// <summary>Media types, in order.</summary>
    MediaTypes,

    /// <summary>Content codings, a set.</summary>
    Encodings,

    /// <summary>Languages whose order counts.</summary>
    OrderedLanguages,

    /// <summary>Languages whose order does not count.</summary>
    UnorderedLanguages,
}
