using System.Collections.Immutable;
using CacheControl.Fields;
using CacheControl.Model;
using CacheControl.Storage;

namespace CacheControl.StoreContract;

/// <summary>A snapshot of a <see cref="FaultyStore"/>.</summary>
internal sealed class FaultySnapshot(FaultyStore store, HttpCacheSnapshot inner, bool isGarbage) : HttpCacheSnapshot
{
    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; } =
        isGarbage ? [.. inner.Responses.Select(Damage)] : inner.Responses;

    /// <inheritdoc/>
    public override long Stamp => inner.Stamp;

    /// <inheritdoc/>
    public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        var isOther = await store.EnterAsync(StoreCall.OpenBody, cancellationToken).ConfigureAwait(false);
        return new FaultyBody(store, await inner.OpenBodyAsync(response, cancellationToken).ConfigureAwait(false), isOther);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => inner.Dispose();

    private static StoredResponse Damage(StoredResponse head) => new()
    {
        Method = string.Empty,
        TargetUri = "not a URI",
        StatusCode = -7,
        HttpVersion = new Version(0, 0),
        Fields = new HttpFields([new("Date", "yesterday"), new("X-Damaged", "a\r\nInjected: yes"), new("bad name", "\0")]),
        Times = new ExchangeTimes(DateTimeOffset.MaxValue, DateTimeOffset.MinValue),
        AgeValue = TimeSpan.MinValue,
        BodyLength = head.BodyLength / 2,
        Variant = head.Variant,
        Rank = head.Rank,
        Generation = head.Generation,
        BodyId = head.BodyId,
    };
}
