namespace HttpCaching.Redis.Keys;

/// <summary>What a <see cref="ChangeMessage"/> tells.</summary>
internal enum ChangeKind
{
    /// <summary>Something stored under one URI was stored, refreshed, removed or invalidated, in whatever scope.</summary>
    Uri,

    /// <summary>Something was removed everywhere: by tag, by prefix, or all.</summary>
    All,

    /// <summary>Nothing was changed: the number was given to a change that was then refused. Said so that no gap shows.</summary>
    Nothing,

    /// <summary>No change: the origin is there, and its number is the last one that it has given. Shows that a message was lost when none follows it.</summary>
    Alive,
}
