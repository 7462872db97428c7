using CacheControl.Model;

namespace CacheControl.Storage.Files;

/// <summary>Reads snapshots, without any lock.</summary>
internal sealed class RecordReader(StoreDirectory directory, FileStoreSettings settings)
{
    // A record whose body is gone was replaced between two steps of this process. That this happens so often in a row is as good as impossible.
    private const int Attempts = 20;

    /// <summary>Reads what is stored under a key.</summary>
    /// <param name="place">The key's place.</param>
    /// <param name="key">The key.</param>
    /// <param name="damaged">Called when a body that is read from the snapshot later shows to be damaged.</param>
    /// <param name="isDamaged">Whether something there has to be removed.</param>
    public FileSnapshot Read(FilePlace place, CacheKey key, Action<StoredResponse> damaged, out bool isDamaged)
    {
        // The stamp first: an invalidation between the two steps then makes it too old, never too new.
        var stamp = directory.State.ReadCounter();
        FileId? last = null;
        for (var attempt = 0; ; attempt++)
        {
            if (Record.Read(place.RecordPath, settings.Seal, key, out isDamaged) is not { } record)
            {
                return new FileSnapshot([], stamp, damaged);
            }

            // The same record twice with a missing body: it is not being replaced, it is broken.
            var isFinal = last == record.Id || attempt == Attempts;
            last = record.Id;
            if (OpenBodies(place, record, isFinal, out isDamaged) is { } parts)
            {
                return new FileSnapshot(parts, stamp, damaged);
            }
        }
    }

    /// <summary>Opens the bodies that are files; null if one is gone and it is worth trying again. Responses without a good body are left out.</summary>
    private FileSnapshot.HeldPart[]? OpenBodies(FilePlace place, Record record, bool isFinal, out bool isDamaged)
    {
        isDamaged = false;
        var parts = new FileSnapshot.HeldPart[record.Parts.Length];
        var count = 0;
        try
        {
            foreach (var part in record.Parts)
            {
                BodyFile? file = null;
                if (part.BodyFile is { } id)
                {
                    file = BodyFile.TryOpen(place.BodyPath(id), settings.Seal, id, part.Head.BodyLength, out var isGone);
                    if (isGone && !isFinal)
                    {
                        Release(parts.AsSpan(0, count));
                        return null;
                    }

                    if (file is null)
                    {
                        isDamaged = true;
                        continue;
                    }
                }

                parts[count++] = new FileSnapshot.HeldPart(part.Head, part.Inline, file);
            }
        }
        catch
        {
            Release(parts.AsSpan(0, count));
            throw;
        }

        return count == parts.Length ? parts : parts[..count];
    }

    private static void Release(ReadOnlySpan<FileSnapshot.HeldPart> parts)
    {
        foreach (var part in parts)
        {
            part.File?.Dispose();
        }
    }
}
