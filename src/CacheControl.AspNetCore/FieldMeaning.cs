namespace HttpCaching;

/// <summary>What a field of a request means before the cache.</summary>
internal enum FieldMeaning
{
    /// <summary>It goes to the origin; the rules of the cache tell the rest.</summary>
    Plain,

    /// <summary>It does not reach the cache.</summary>
    None,

    /// <summary>It may name other fields that do not reach the cache.</summary>
    Connection,

    /// <summary>It speaks of content, which a plain request has not.</summary>
    InQuestion,
}
