using System.Collections.Immutable;

namespace HttpCaching.Storage.InMemory;

/// <summary>
/// An immutable view of a key, shared by all its readers. References pin its bodies; disposing it does nothing. If the view has large bodies, readers do not get it
/// directly: each gets a <see cref="LeasedSnapshot"/> of it.
/// </summary>
internal sealed class MemorySnapshot : HttpCacheSnapshot
{
    // Most keys have one response, and need no array for it.
    private readonly HeldResponse? _newest;
    private readonly HeldResponse[]? _several;

    // Made by the first reader: many responses have none.
    private ImmutableArray<StoredResponse> _responses;

    // The view that counts the uses: this one, or the one that differs only in its stamp. Here and not in each response, because readers have just touched it.
    private readonly MemorySnapshot _counter;
    private byte _uses;
    private uint _usedAt;

    /// <summary>A view of these responses, newest first. It counts their uses from now on. Called under the store's lock if there are any responses.</summary>
    public MemorySnapshot(ReadOnlySpan<HeldResponse> held, long stamp)
    {
        _newest = held is [var only] ? only : null;
        _several = _newest is null ? held.ToArray() : null;
        _counter = this;
        Stamp = stamp;
        foreach (var one in held)
        {
            HasLargeBodies |= one.Body.Hold is not null;
            one.View?.HandOutUses();
            one.View = this;
        }
    }

    private MemorySnapshot(MemorySnapshot original, long stamp)
    {
        (_newest, _several) = (original._newest, original._several);
        _counter = original._counter;
        _responses = original._responses;
        Stamp = stamp;
    }

    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses => _responses.IsDefault ? _responses = HeadsOf(Held) : _responses;

    /// <inheritdoc/>
    public override long Stamp { get; }

    /// <inheritdoc/>
    internal override bool MustBeReleased => false;

    /// <summary>Whether it shows a body whose segments go back to the pool.</summary>
    public bool HasLargeBodies { get; }

    /// <summary>The responses in memory, in the order of <see cref="Responses"/>.</summary>
    public ReadOnlySpan<HeldResponse> Held => _several is null ? new ReadOnlySpan<HeldResponse>(in _newest!) : _several;

    /// <inheritdoc/>
    internal override StoredBody? OpenAtOnce(int index, uint now, bool mayLease = false)
    {
        StoredBody? body = Held[index].Body is { Hold: null } simple ? simple : mayLease ? Held[index].Body.Open() : null;
        if (body is not null)
        {
            CountUse(now);
        }

        return body;
    }

    /// <summary>The same view with a later stamp.</summary>
    public MemorySnapshot WithStamp(long stamp) => new(this, stamp);

    /// <summary>A view for one reader; null if the segments of a body have been given back, because the store no longer shows this view.</summary>
    public LeasedSnapshot? Lease(long stamp)
    {
        var held = Held;
        for (var i = 0; i < held.Length; i++)
        {
            if (held[i].Body.Hold is { } hold && !hold.TryShare())
            {
                Release(held[..i]);
                return null;
            }
        }

        return new LeasedSnapshot(this, Math.Max(Stamp, stamp));
    }

    /// <summary>Ends a lease of <see cref="Lease"/>.</summary>
    public void Release() => Release(Held);

    /// <summary>The time of the last use that was counted here; 0 if there was none.</summary>
    public uint UsedAt => _counter._usedAt;

    /// <summary>Counts a use of every response. Takes no lock: if two readers overwrite each other's count, it does not matter.</summary>
    /// <param name="now">The time now, by the store's <see cref="UseClock"/>.</param>
    public void CountUse(uint now)
    {
        var counter = _counter;
        if (counter._uses < HeldResponse.MostUses)
        {
            counter._uses++;
        }

        if (counter._usedAt != now)
        {
            counter._usedAt = now;
        }
    }

    /// <summary>Adds the uses counted here to the responses. Called under the store's lock.</summary>
    public void HandOutUses()
    {
        var uses = _counter._uses;
        var usedAt = _counter._usedAt;
        if (uses == 0 && usedAt == 0)
        {
            return;
        }

        _counter._uses = 0;
        foreach (var held in Held)
        {
            held.CountUses(uses);
            held.SetUsedAt(usedAt);
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset? LastUseOf(StoredResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        foreach (var held in Held)
        {
            if (held.Head.Generation == response.Generation)
            {
                return held.LastUse;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<StoredBody>(cancellationToken);
        }

        foreach (var held in Held)
        {
            if (held.Head.BodyId == response.BodyId)
            {
                return held.Body.Open() is { } body
                    ? new ValueTask<StoredBody>(body)
                    : ValueTask.FromException<StoredBody>(new IOException("The snapshot has been disposed, and the body is gone."));
            }
        }

        return ValueTask.FromException<StoredBody>(new IOException("The response is not one of this snapshot."));
    }

    private static void Release(ReadOnlySpan<HeldResponse> held)
    {
        foreach (var one in held)
        {
            one.Body.Hold?.Release();
        }
    }

    private static ImmutableArray<StoredResponse> HeadsOf(ReadOnlySpan<HeldResponse> held)
    {
        var heads = new StoredResponse[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            heads[i] = held[i].Head;
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(heads);
    }
}
