using System.Collections.Concurrent;

namespace HttpCaching.Sqlite.Engine;

/// <summary>The damaged entries and bodies of a file that wait for their removal. They are no longer shown, and are logged once.</summary>
internal sealed class DamageLog
{
    // Beyond this number the file is lost anyway. Each read then asks for the removal.
    private const int Most = 4096;

    private readonly ConcurrentDictionary<long, bool> _entries = new();
    private readonly ConcurrentDictionary<long, bool> _bodies = new();

    /// <summary>Whether the body with this id is known to be damaged.</summary>
    public bool HasBody(long bodyId) => !_bodies.IsEmpty && _bodies.ContainsKey(bodyId);

    /// <summary>Adds an entry. Returns false if it is known already.</summary>
    public bool TryAddEntry(long id) => TryAdd(_entries, id);

    /// <summary>Drops an entry that was removed.</summary>
    public void RemoveEntry(long id) => _entries.TryRemove(id, out _);

    /// <summary>Adds a body. Returns false if it is known already.</summary>
    public bool TryAddBody(long bodyId) => TryAdd(_bodies, bodyId);

    /// <summary>Drops a body that was removed.</summary>
    public void RemoveBody(long bodyId) => _bodies.TryRemove(bodyId, out _);

    private static bool TryAdd(ConcurrentDictionary<long, bool> known, long id) => known.Count < Most ? known.TryAdd(id, true) : !known.ContainsKey(id);
}
