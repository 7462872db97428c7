namespace HttpCaching.Redis.Keys;

/// <summary>The kinds of a <see cref="ChangeMessage"/>.</summary>
internal enum ChangeKind
{
    /// <summary>A response of one URI was stored, refreshed, removed or invalidated, in any scope.</summary>
    Uri,

    /// <summary>Responses were removed everywhere: by tag, by prefix, or all.</summary>
    All,

    /// <summary>Nothing was changed: the number belongs to a change that was then refused. The message prevents a gap.</summary>
    Nothing,

    /// <summary>No change: the sender lives, and the number is its last one. If no message follows it, one was lost.</summary>
    Alive,
}
