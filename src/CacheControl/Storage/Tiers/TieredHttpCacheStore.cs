using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HttpCaching.Storage.Tiers;

namespace HttpCaching;

/// <summary>
/// Two stores as one: a fast front before a large or shared back. If the front can answer a read, the read costs as much as in the front alone. The back decides:
/// all changes go to it. Then the front drops its responses of the URI, and the next read promotes them again.
/// </summary>
/// <remarks>
/// <para>
/// The front must return the same <see cref="StoredResponse"/> instances that it was given, as <see cref="MemoryHttpCacheStore"/> does. Otherwise it never has a hit.
/// Only this store may use the front.
/// </para>
/// <para>
/// If the back is an <see cref="IHttpCacheStoreChanges"/>, changes by others take effect as soon as it tells of them. While it does not, they take effect after
/// <see cref="TieredHttpCacheStoreOptions.MaximumAge"/> at the latest. When the back begins or stops to tell, or has missed changes, the next read of each key goes to the back before the front answers
/// for it again. Unchanged bodies are not copied. Faults of the back are thrown. A fault of the front costs no more than a read of the back. This store disposes neither of the two.
/// </para>
/// </remarks>
public sealed partial class TieredHttpCacheStore : IHttpCacheStore, IHttpCacheStoreMaintenance, IHttpCacheStoreAtOnce, IDisposable
{
    private static readonly TimeSpan FrontRetention = TimeSpan.FromDays(1);

    private readonly IHttpCacheStore _front;
    private readonly IHttpCacheStoreAtOnce? _frontAtOnce;
    private readonly IHttpCacheStore _back;
    private readonly TimeSpan _maximumAge;
    private readonly TimeSpan _maximumAgeWhileFollowing;
    private readonly int _maximumBodyBytes;
    private readonly TimeProvider _time;

    // Attached to the heads themselves: when the front evicts a head, its promotion goes too.
    private readonly ConditionalWeakTable<StoredResponse, Promotion> _promotions = [];
    private readonly BackView _view = new();
    private readonly IDisposable? _subscription;

    /// <summary>Creates a store from a front and a back.</summary>
    /// <param name="front">The fast store, used by this store only: a <see cref="MemoryHttpCacheStore"/>.</param>
    /// <param name="back">The other store.</param>
    /// <param name="options">The options of the front; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public TieredHttpCacheStore(IHttpCacheStore front, IHttpCacheStore back, TieredHttpCacheStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(front);
        ArgumentNullException.ThrowIfNull(back);
        options ??= new TieredHttpCacheStoreOptions();
        options.Validate();
        _front = front;
        _frontAtOnce = front as IHttpCacheStoreAtOnce;
        _back = back;
        _maximumAge = options.MaximumAge;
        _maximumAgeWhileFollowing = options.MaximumAge > options.MaximumAgeWhileFollowing ? options.MaximumAge : options.MaximumAgeWhileFollowing;
        _maximumBodyBytes = options.MaximumBodyBytes;
        _time = options.TimeProvider;
        _subscription = (back as IHttpCacheStoreChanges)?.Subscribe(new TierFeed(front, _view));
    }

    /// <summary>Whether the back tells of changes by others now. False if the back never does.</summary>
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
    HttpCacheSnapshot? IHttpCacheStoreAtOnce.FindAtOnce(in CacheKey key) =>
        _frontAtOnce?.FindAtOnce(key) is { } front && PromotionOf(front)?.Last is { } last && IsYoung(last) ? front : null;

    /// <inheritdoc/>
    UseClock? IHttpCacheStoreAtOnce.Clock => _frontAtOnce?.Clock;

    /// <inheritdoc/>
    public async ValueTask<HttpCacheSnapshot> PeekAsync(CacheKey key, CancellationToken cancellationToken)
    {
        try
        {
            var front = await _front.PeekAsync(key, cancellationToken).ConfigureAwait(false);
            if (PromotionOf(front)?.Last is { } last && IsYoung(last))
            {
                return new TieredPeek(front, last, await PeekForUsesAsync(key, cancellationToken).ConfigureAwait(false));
            }

            Release(front);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // As for a read, the back answers.
        }

        return await _back.PeekAsync(key, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Stops to follow the changes of the back. Disposes neither store.</summary>
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
            // Both before the back is read, like the front: a change in between then makes the promotion too old, never too new.
            var view = _view.Current;
            var now = _time.GetTimestamp();
            var back = await _back.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            try
            {
                // If the front can't keep a response, the next read goes to the back: a fault of the front is not one of the read.
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
            // The answer comes from the back.
        }
    }

    /// <summary>The promotion of the front's responses; null if the front does not show all that was promoted.</summary>
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

    /// <summary>Whether the front may answer: the back showed the same responses in this view of it, recently enough.</summary>
    private bool IsYoung(Confirmation last)
    {
        var view = _view.Current;
        return last.View == view && _time.GetElapsedTime(last.Timestamp) < LimitOf(view);
    }

    private TimeSpan LimitOf(long view) => BackView.IsFollowing(view) ? _maximumAgeWhileFollowing : _maximumAge;

    private static bool IsSame(ImmutableArray<StoredResponse> front, ImmutableArray<StoredResponse> back) =>
        front.Length == back.Length && front.Zip(back).All(pair => pair.First.Generation == pair.Second.Generation);

    /// <summary>Copies the responses of the back to the front. If the URI changes in the meantime, the front refuses, because its stamp is too old then.</summary>
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

    /// <summary>Drops the front's responses of a URI, and refuses promotions that were read before.</summary>
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
