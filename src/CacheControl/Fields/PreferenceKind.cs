namespace HttpCaching.Fields;

/// <summary>What a list of preferences is about, which decides what of it has a meaning (RFC 9110 §12.5).</summary>
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
