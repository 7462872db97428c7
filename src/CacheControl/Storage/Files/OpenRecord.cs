using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>A record that was read and stays open, with its bodies. While it keeps its name, nothing is read again.</summary>
internal sealed class OpenRecord(
    CacheKey key, string path, SafeFileHandle file, FileIdentity identity, FileSnapshot.HeldPart[] parts) : IDisposable
{
    private readonly byte[] _encodedPath = LinuxCalls.Encode(path);
    private volatile PathCheck? _check;

    public CacheKey Key => key;

    public string Path => path;

    public FileSnapshot.HeldPart[] Parts => parts;

    public ImmutableArray<StoredResponse> Heads { get; } = FileSnapshot.HeadsOf(parts);

    /// <summary>Whether it was used since the last check.</summary>
    public bool IsUsed { get; set; }

    /// <summary>When the path was checked last, and what the store's directory was then; null if never.</summary>
    public PathCheck? Check => _check;

    /// <summary>Records that the path leads here. The bodies are checked again, once, when they are read.</summary>
    public void Passed(PathCheck check)
    {
        foreach (var part in parts)
        {
            part.File?.RememberChecks();
        }

        _check = check;
    }

    /// <summary>
    /// Whether this file still has its name, unchanged. If another process replaces, evicts or clears it, this shows immediately. It does not show that a directory above it got
    /// another name. Returns false if the file has been closed.
    /// </summary>
    public bool KeepsName()
    {
        try
        {
            return LinuxCalls.TryGetIdentity(file, out var found) && found == identity;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether the path still leads to this file, unchanged: the open file keeps its number from being given to another.</summary>
    public bool KeepsPath() => LinuxCalls.TryGetIdentity(_encodedPath, out var found) && found == identity && !file.IsClosed;

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

    /// <summary>A check of the path.</summary>
    /// <param name="Timestamp">When it was.</param>
    /// <param name="Directory">What was found in the last check of the store's directory.</param>
    public sealed record PathCheck(long Timestamp, object? Directory);
}
