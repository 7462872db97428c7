using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CacheControl.Model;

namespace CacheControl.Storage.Files;

/// <summary>A record as it was read. Small bodies are in memory; of the others it holds the open files.</summary>
internal sealed class FileSnapshot : HttpCacheSnapshot
{
    private readonly HeldPart[] _parts;
    private readonly Action<StoredResponse> _damaged;

    /// <summary>A snapshot that shows these parts and owns their files.</summary>
    public FileSnapshot(HeldPart[] parts, long stamp, Action<StoredResponse> damaged)
    {
        _parts = parts;
        _damaged = damaged;
        Stamp = stamp;
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
                return new ValueTask<StoredBody>(
                    part.File is { } file ? new FileBody(file, () => _damaged(part.Head)) : new InlineBody(part.Inline));
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is none of this snapshot."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var part in _parts)
        {
            part.File?.Dispose();
        }
    }

    /// <summary>A response with its body: in memory, or as an open file.</summary>
    internal readonly record struct HeldPart(StoredResponse Head, ReadOnlyMemory<byte> Inline, BodyFile? File);
}
