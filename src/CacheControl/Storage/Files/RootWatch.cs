namespace HttpCaching.Storage.Files;

/// <summary>
/// Notices when the directory under a store has become another one, or has another owner or other rights. A look costs one call of the system; on other systems than
/// Linux there is none.
/// </summary>
internal sealed class RootWatch(string top, string root)
{
    private readonly byte[] _path = LinuxCalls.Encode(root);
    private volatile Seen? _seen;

    /// <summary>Checks the directory if anything about it has changed since the last look.</summary>
    /// <returns>Whether it is another one than before.</returns>
    /// <exception cref="IOException">It is a link, another user's, or others can write to it.</exception>
    public bool IsAnother()
    {
        var seen = _seen;

        // One that is missing is made again by the next change.
        if (!LinuxCalls.AreKnown || !LinuxCalls.TryGetIdentity(_path, out var found) || found == seen?.Identity)
        {
            return false;
        }

        DirectoryGuard.Check(top, nameof(FileHttpCacheStore));
        DirectoryGuard.Check(root, nameof(FileHttpCacheStore));
        _seen = new Seen(found);
        return seen is not null && (seen.Identity.Device, seen.Identity.Inode) != (found.Device, found.Inode);
    }

    private sealed record Seen(FileIdentity Identity);
}
