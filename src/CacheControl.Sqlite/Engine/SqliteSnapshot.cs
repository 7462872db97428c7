using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace HttpCaching.Sqlite.Engine;

/// <summary>A key's responses as they were read. Small bodies are in memory; the others are pinned in the file.</summary>
internal sealed class SqliteSnapshot : HttpCacheSnapshot
{
    private readonly HeldPart[] _parts;
    private readonly Pin? _pin;
    private OpenFile? _file;
    private CacheKey _key;
    private DateTimeOffset[]? _lastUses;

    public SqliteSnapshot(HeldPart[] parts, long stamp, Pin? pin)
    {
        _parts = parts;
        _pin = pin;
        Stamp = stamp;
        if (parts.Length == 0)
        {
            Responses = [];
            return;
        }

        var heads = new StoredResponse[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            heads[i] = parts[i].Head;
        }

        Responses = ImmutableCollectionsMarshal.AsImmutableArray(heads);
    }

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; }

    /// <inheritdoc/>
    public override long Stamp { get; }

    /// <inheritdoc/>
    public override DateTimeOffset? LastUseOf(StoredResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var index = Array.FindIndex(_parts, part => part.Head.Generation == response.Generation);
        return _lastUses is { } uses && index >= 0 ? uses[index] : null;
    }

    /// <summary>Looks up the last uses, for a tool. The recent use comes first: it may be written down in between.</summary>
    public void ReadLastUses(ReadConnection reader, Maintenance maintenance) =>
        _lastUses = Array.ConvertAll(_parts, part => Maintenance.LastUse(maintenance.RecentUseOf(part.EntryId), reader.ReadUsed(part.EntryId)));

    /// <summary>Counts the use, and sets the callback that removes a damaged body.</summary>
    public void Attach(OpenFile file, CacheKey key, bool isUse)
    {
        _file = file;
        _key = key;
        if (!isUse)
        {
            return;
        }

        foreach (var part in _parts)
        {
            file.Maintenance.Used(part.EntryId);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<StoredBody>(cancellationToken);
        }

        foreach (var part in _parts)
        {
            if (part.Head.BodyId == response.BodyId)
            {
                return new ValueTask<StoredBody>(part.Chunked is { } chunked
                    ? new ChunkedBody(_pin!, chunked, () => _file?.RemoveLater(_pin!.Database, _key, part.Head))
                    : StoredBody.Of(part.Inline));
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _pin?.Dispose();
}
