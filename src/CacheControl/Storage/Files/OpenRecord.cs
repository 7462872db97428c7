using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>A record that has been read and stays open, with its bodies: as long as its path leads to it, nothing has to be read again.</summary>
internal sealed class OpenRecord(
    CacheKey key, string path, SafeFileHandle file, FileIdentity identity, FileSnapshot.HeldPart[] parts) : IDisposable
{
    private readonly byte[] _encodedPath = LinuxCalls.Encode(path);

    public CacheKey Key => key;

    public string Path => path;

    public FileSnapshot.HeldPart[] Parts => parts;

    public ImmutableArray<StoredResponse> Heads { get; } = FileSnapshot.HeadsOf(parts);

    /// <summary>Whether it was asked for since the last look.</summary>
    public bool IsUsed { get; set; }

    /// <summary>
    /// Whether the path still leads to this file, and nobody has touched it. Another process that replaces, evicts or clears shows at once: the
    /// open file keeps its number from being given to another.
    /// </summary>
    public bool IsCurrent() => LinuxCalls.TryGetIdentity(_encodedPath, out var found) && found == identity && !file.IsClosed;

    /// <summary>Holds the bodies for a snapshot; false if they have been let go meanwhile.</summary>
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
