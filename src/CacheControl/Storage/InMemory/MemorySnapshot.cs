using System.Collections.Immutable;
using CacheControl.Model;

namespace CacheControl.Storage.InMemory;

/// <summary>An immutable view of a key, shared by all its readers. It pins by being referred to; disposing it does nothing.</summary>
internal sealed class MemorySnapshot : HttpCacheSnapshot
{
    private readonly HeldResponse[] _held;

    /// <summary>A view of these responses, newest first.</summary>
    public MemorySnapshot(HeldResponse[] held, long stamp)
        : this(held, HeadsOf(held), stamp)
    {
    }

    private MemorySnapshot(HeldResponse[] held, ImmutableArray<StoredResponse> responses, long stamp)
    {
        _held = held;
        Responses = responses;
        Stamp = stamp;
    }

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; }

    /// <inheritdoc/>
    public override long Stamp { get; }

    /// <inheritdoc/>
    internal override bool MustBeReleased => false;

    /// <summary>What is held, in the order of <see cref="Responses"/>.</summary>
    public ReadOnlySpan<HeldResponse> Held => _held;

    /// <summary>The same view with a later stamp.</summary>
    public MemorySnapshot WithStamp(long stamp) => new(_held, Responses, stamp);

    /// <summary>Counts a use of every response.</summary>
    public void CountUse()
    {
        foreach (var held in _held)
        {
            held.CountUse();
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

        foreach (var held in _held)
        {
            if (held.Head.BodyId == response.BodyId)
            {
                return new ValueTask<StoredBody>(held.Body);
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is none of this snapshot."));
    }

    private static ImmutableArray<StoredResponse> HeadsOf(HeldResponse[] held)
    {
        var heads = new StoredResponse[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            heads[i] = held[i].Head;
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(heads);
    }
}
