using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>What was found damaged in a file and waits for its removal: not shown any more, and told once.</summary>
internal sealed class DamageLog
{
    // Beyond that many the file is lost anyway; their removal is asked for at each read.
    private const int Most = 4096;

    private readonly ConcurrentDictionary<long, bool> _entries = new();
    private readonly ConcurrentDictionary<long, bool> _bodies = new();

    /// <summary>Whether the body with this id is known to be damaged.</summary>
    public bool HasBody(long bodyId) => !_bodies.IsEmpty && _bodies.ContainsKey(bodyId);

    /// <summary>Notes an entry. False if it is noted already.</summary>
    public bool TryAddEntry(long id) => TryAdd(_entries, id);

    /// <summary>Forgets an entry that was removed.</summary>
    public void RemoveEntry(long id) => _entries.TryRemove(id, out _);

    /// <summary>Notes a body. False if it is noted already.</summary>
    public bool TryAddBody(long bodyId) => TryAdd(_bodies, bodyId);

    /// <summary>Forgets a body that was removed.</summary>
    public void RemoveBody(long bodyId) => _bodies.TryRemove(bodyId, out _);

    private static bool TryAdd(ConcurrentDictionary<long, bool> known, long id) => known.Count < Most ? known.TryAdd(id, true) : !known.ContainsKey(id);
}
