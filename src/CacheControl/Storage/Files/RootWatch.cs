namespace HttpCaching.Storage.Files;

/// <summary>
/// Notices when the directory under a store was replaced, or has another owner or other rights. A check costs one system call. On other systems than
/// Linux there is no check.
/// </summary>
internal sealed class RootWatch(string top, string root)
{
    private readonly byte[] _path = LinuxCalls.Encode(root);
    private volatile Seen? _seen;

    /// <summary>The properties of the directory at the last check. The reference changes whenever they do.</summary>
    public object? State => _seen;

    /// <summary>Checks the directory if any of its properties has changed since the last check.</summary>
    /// <returns>Whether it is another directory than before.</returns>
    /// <exception cref="IOException">It is a link, another user's, or others can write to it.</exception>
    public bool IsAnother()
    {
        var seen = _seen;

        // The next change makes a missing directory again.
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
