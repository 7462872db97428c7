using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HttpCaching.Storage.Tiers;

namespace HttpCaching;

/// <summary>
/// Two stores as one: a fast one in front of a large or shared one. Reads that the front can answer cost what they cost there. The back decides:
/// all changes go to it, and then what the front holds of the URI is dropped, to be promoted again by the next read.
/// </summary>
/// <remarks>
/// The front has to give back the same <see cref="StoredResponse"/> instances that were put into it, as <see cref="MemoryHttpCacheStore"/> does;
/// one that doesn't is never hit. The front must be used by this store alone. Changes that others make to the back show as soon as a back that is an
/// <see cref="IHttpCacheStoreChanges"/> tells of them, and after <see cref="TieredHttpCacheStoreOptions.MaximumAge"/> at the latest while it does not.
/// When it begins to tell, ceases to, or has missed some, each key is read from the back once before the front answers for it again; bodies that are still the
/// same are not copied anew. Faults of the back are thrown. Those of the front cost no more than a read of the back. Neither store is disposed with this one.
/// </remarks>
public sealed class TieredHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IDisposable
{
    private static readonly TimeSpan FrontRetention = TimeSpan.FromDays(1);

    private readonly IHttpCacheStore _front;
    private readonly IHttpCacheStore _back;
    private readonly TimeSpan _maximumAge;
    private readonly TimeSpan _maximumAgeWhileFollowing;
    private readonly int _maximumBodyBytes;
    private readonly TimeProvider _time;

    // Hangs on the heads themselves: what the front evicts is forgotten here too.
    private readonly ConditionalWeakTable<StoredResponse, Promotion> _promotions = [];
    private readonly BackView _view = new();
    private readonly IDisposable? _subscription;

    /// <summary>Puts one store in front of another.</summary>
    /// <param name="front">The fast one, used by this store alone: a <see cref="MemoryHttpCacheStore"/>.</param>
    /// <param name="back">The other one.</param>
    /// <param name="options">What goes to the front; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public TieredHttpCacheStore(IHttpCacheStore front, IHttpCacheStore back, TieredHttpCacheStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(front);
        ArgumentNullException.ThrowIfNull(back);
        options ??= new TieredHttpCacheStoreOptions();
        options.Validate();
        _front = front;
        _back = back;
        _maximumAge = options.MaximumAge;
        _maximumAgeWhileFollowing = options.MaximumAge > options.MaximumAgeWhileFollowing ? options.MaximumAge : options.MaximumAgeWhileFollowing;
        _maximumBodyBytes = options.MaximumBodyBytes;
        _time = options.TimeProvider;
        _subscription = (back as IHttpCacheStoreChanges)?.Subscribe(new TierFeed(front, _view));
    }

    /// <summary>Whether the back tells now what others change. False for a back that can't.</summary>
    public bool IsFollowing => BackView.IsFollowing(_view.Current);

    internal IHttpCacheStore Front => _front;

    internal IHttpCacheStore Back => _back;

    private IHttpCacheStoreMaintenance BackMaintenance => _back as IHttpCacheStoreMaintenance
        ?? throw new NotSupportedException($"The back store, a {_back.GetType().Name}, does not implement {nameof(IHttpCacheStoreMaintenance)}.");

    /// <inheritdoc/>
    public long? MaximumEntryBytes => _back.MaximumEntryBytes;

    /// <inheritdoc/>
    public ValueTask<HttpCacheSnapshot> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        ValueTask<HttpCacheSnapshot> reading;
        try
        {
            reading = _front.ReadAsync(key, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return _back.ReadAsync(key, cancellationToken);
        }

        if (!reading.IsCompletedSuccessfully)
        {
            return AwaitReadAsync(key, reading, cancellationToken);
        }

        var front = reading.Result;
        return PromotionOf(front)?.Last is { } last && IsYoung(last)
            ? new ValueTask<HttpCacheSnapshot>(new TieredSnapshot(front, last))
            : ReadBackAsync(key, front, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<HttpCacheWriter?> BeginWriteAsync(CacheKey key, long? expectedLength, CancellationToken cancellationToken)
    {
        var writer = await _back.BeginWriteAsync(key, expectedLength, cancellationToken).ConfigureAwait(false);
        return writer is null ? null : new TieredWriter(writer, () => DropFromFrontAsync(key.Uri));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await _back.ReplaceHeadAsync(key, generation, head, stamp, retention, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DropFromFrontAsync(key.Uri).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CacheKey key, long generation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _back.RemoveAsync(key, generation, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DropFromFrontAsync(key.Uri).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _back.InvalidateAsync(uri, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DropFromFrontAsync(uri).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await BackMaintenance.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _view.Change();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public async ValueTask<long> RemoveByPrefixAsync(string uriPrefix, CancellationToken cancellationToken)
    {
        try
        {
            return await BackMaintenance.RemoveByPrefixAsync(uriPrefix, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _view.Change();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BackMaintenance.ClearAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _view.Change();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The back store has no maintenance.</exception>
    public IAsyncEnumerable<KeyValuePair<CacheKey, StoredResponse>> EnumerateAsync(CancellationToken cancellationToken) =>
        BackMaintenance.EnumerateAsync(cancellationToken);

    /// <summary>Ceases to follow what others change. The stores are not disposed.</summary>
    public void Dispose()
    {
        _subscription?.Dispose();
        _view.Change(isFollowing: false);
    }

    private async ValueTask<HttpCacheSnapshot> AwaitReadAsync(CacheKey key, ValueTask<HttpCacheSnapshot> reading, CancellationToken cancellationToken)
    {
        HttpCacheSnapshot front;
        try
        {
            front = await reading.ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await _back.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        }

        return PromotionOf(front)?.Last is { } last && IsYoung(last)
            ? new TieredSnapshot(front, last)
            : await ReadBackAsync(key, front, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<HttpCacheSnapshot> ReadBackAsync(CacheKey key, HttpCacheSnapshot front, CancellationToken cancellationToken)
    {
        try
        {
            // Both before the back is read, as the front was: a change meanwhile then makes the promotion too old, never too new.
            var view = _view.Current;
            var now = _time.GetTimestamp();
            var back = await _back.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            try
            {
                // What the front can't keep is read from the back again: no fault of it is one of the read's.
                if (PromotionOf(front) is { } promotion && IsSame(front.Responses, back.Responses))
                {
                    promotion.Last = new Confirmation(back.Stamp, now, view, _back, key);
                }
                else if (LimitOf(view) > TimeSpan.Zero && !back.Responses.IsEmpty && back.Responses.All(r => r.BodyLength <= _maximumBodyBytes))
                {
                    await PromoteAsync(key, front, back, view, now).ConfigureAwait(false);
                }

                return back;
            }
            catch (Exception)
            {
                return back;
            }
        }
        finally
        {
            Release(front);
        }
    }

    private static void Release(HttpCacheSnapshot front)
    {
        try
        {
            front.Dispose();
        }
        catch (Exception)
        {
            // The answer is the back's.
        }
    }

    /// <summary>The promotion of what the front shows; null if it is not all that was promoted.</summary>
    private Promotion? PromotionOf(HttpCacheSnapshot front)
    {
        var responses = front.Responses;
        if (responses.IsEmpty || !_promotions.TryGetValue(responses[0], out var promotion) || promotion.Count != responses.Length)
        {
            return null;
        }

        foreach (var response in responses.AsSpan()[1..])
        {
            if (!_promotions.TryGetValue(response, out var other) || other != promotion)
            {
                return null;
            }
        }

        return promotion;
    }

    /// <summary>Whether the front may answer: the back has shown the same in this view of it, and not too long ago.</summary>
    private bool IsYoung(Confirmation last)
    {
        var view = _view.Current;
        return last.View == view && _time.GetElapsedTime(last.Timestamp) < LimitOf(view);
    }

    private TimeSpan LimitOf(long view) => BackView.IsFollowing(view) ? _maximumAgeWhileFollowing : _maximumAge;

    private static bool IsSame(ImmutableArray<StoredResponse> front, ImmutableArray<StoredResponse> back) =>
        front.Length == back.Length && front.Zip(back).All(pair => pair.First.Generation == pair.Second.Generation);

    /// <summary>Copies what the back shows to the front. If the URI is changed meanwhile, the front refuses, because its stamp is too old then.</summary>
    private async ValueTask PromoteAsync(CacheKey key, HttpCacheSnapshot front, HttpCacheSnapshot back, long view, long now)
    {
        foreach (var response in front.Responses)
        {
            await _front.RemoveAsync(key, response.Generation, CancellationToken.None).ConfigureAwait(false);
        }

        var promotion = new Promotion(back.Responses.Length, new Confirmation(back.Stamp, now, view, _back, key));
        for (var i = back.Responses.Length - 1; i >= 0; i--)
        {
            var response = back.Responses[i];
            _promotions.AddOrUpdate(response, promotion);
            if (!await CopyAsync(key, back, response, front.Stamp).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private async ValueTask<bool> CopyAsync(CacheKey key, HttpCacheSnapshot back, StoredResponse response, long stamp)
    {
        using var writer = await _front.BeginWriteAsync(key, response.BodyLength, CancellationToken.None).ConfigureAwait(false);
        if (writer is null)
        {
            return false;
        }

        using var body = await back.OpenBodyAsync(response, CancellationToken.None).ConfigureAwait(false);
        var bytes = new byte[(int)body.Length];
        for (var offset = 0; offset < bytes.Length;)
        {
            var count = await body.ReadAsync(offset, bytes.AsMemory(offset), CancellationToken.None).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            offset += count;
        }

        var commit = new StoreCommit { Head = response, Stamp = stamp, Retention = FrontRetention };
        return await writer.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false)
            && await writer.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Drops what the front holds of a URI, and has promotions refused that were read before.</summary>
    private async ValueTask DropFromFrontAsync(string uri)
    {
        try
        {
            await _front.InvalidateAsync(uri, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Nothing in the front counts until the back has shown it again.
            _view.Change();
        }
    }
}
