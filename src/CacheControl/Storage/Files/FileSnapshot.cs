using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace HttpCaching.Storage.Files;

/// <summary>A record as it was read. It holds small bodies in memory, and the open files of the others.</summary>
internal sealed class FileSnapshot : HttpCacheSnapshot
{
    private readonly CacheKey _key;
    private readonly HeldPart[] _parts;
    private readonly Action<CacheKey, StoredResponse> _damaged;

    // Most readers don't ask, and a nullable time is three times as large.
    private long _lastUseTicks;
    private int _isDisposed;

    /// <summary>Creates a snapshot of these parts, which holds their files.</summary>
    /// <param name="key">The key that was read.</param>
    /// <param name="parts">The parts; not changed.</param>
    /// <param name="heads">Their heads.</param>
    /// <param name="stamp">The number of invalidations before it was read.</param>
    /// <param name="damaged">Called when a read shows that a body is damaged.</param>
    public FileSnapshot(
        CacheKey key, HeldPart[] parts, ImmutableArray<StoredResponse> heads, long stamp, Action<CacheKey, StoredResponse> damaged)
    {
        _key = key;
        _parts = parts;
        _damaged = damaged;
        Stamp = stamp;
        Responses = heads;
    }

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; }

    /// <inheritdoc/>
    public override long Stamp { get; }

    /// <summary>The last use of the record; null if it is not asked for.</summary>
    public DateTimeOffset? LastUse
    {
        get => _lastUseTicks == 0 ? null : new DateTimeOffset(_lastUseTicks, TimeSpan.Zero);
        set => _lastUseTicks = value?.UtcTicks ?? 0;
    }

    /// <inheritdoc/>
    public override DateTimeOffset? LastUseOf(StoredResponse response) => LastUse;

    /// <summary>The heads of parts, in their order.</summary>
    public static ImmutableArray<StoredResponse> HeadsOf(HeldPart[] parts)
    {
        var heads = new StoredResponse[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            heads[i] = parts[i].Head;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(heads);
    }

    /// <summary>Releases the files of the parts.</summary>
    public static void Release(ReadOnlySpan<HeldPart> parts)
    {
        foreach (var part in parts)
        {
            part.File?.Dispose();
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
                return new ValueTask<StoredBody>(part.File is { } file ? OpenFile(file, part.Head) : part.Inline!);
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Release(_parts);
        }
    }

    private FileBody OpenFile(BodyFile file, StoredResponse head) => new(file, () => _damaged(_key, head));

    /// <summary>A response with its body: in memory, where all readers share it, or as an open file.</summary>
    internal readonly record struct HeldPart(StoredResponse Head, StoredBody? Inline, BodyFile? File);
}
