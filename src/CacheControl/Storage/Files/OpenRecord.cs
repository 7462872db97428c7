using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>A record that was read and stays open, with its bodies. While its path leads to it, nothing is read again.</summary>
internal sealed class OpenRecord(
    CacheKey key, string path, SafeFileHandle file, FileIdentity identity, FileSnapshot.HeldPart[] parts) : IDisposable
{
    private readonly byte[] _encodedPath = LinuxCalls.Encode(path);

    public CacheKey Key => key;

    public string Path => path;

    public FileSnapshot.HeldPart[] Parts => parts;

    public ImmutableArray<StoredResponse> Heads { get; } = FileSnapshot.HeadsOf(parts);

    /// <summary>Whether it was used since the last check.</summary>
    public bool IsUsed { get; set; }

    /// <summary>
    /// Whether the path still leads to this file, unchanged. If another process replaces, evicts or clears it, this shows immediately: the
    /// open file keeps its number from being given to another.
    /// </summary>
    public bool IsCurrent() => LinuxCalls.TryGetIdentity(_encodedPath, out var found) && found == identity && !file.IsClosed;

    /// <summary>Holds the bodies for a snapshot. Returns false if they have been released in the meantime.</summary>
    public bool TryHoldBodies()
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].File is { } body && !body.TryShare())
            {
                while (--i >= 0)
                {
                    parts[i].File?.Dispose();
                }

                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        file.Dispose();
        foreach (var part in parts)
        {
            part.File?.Dispose();
        }
    }
}
