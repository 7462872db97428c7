using System.Collections.Immutable;

namespace HttpCaching.StoreContract;

/// <summary>A snapshot of a <see cref="FaultyStore"/>.</summary>
internal sealed class FaultySnapshot(FaultyStore store, HttpCacheSnapshot inner, StoreFault? fault) : HttpCacheSnapshot
{
    /// <inheritdoc/>
    public override ImmutableArray<StoredResponse> Responses { get; } = fault switch
    {
        StoreFault.Garbage => [.. inner.Responses.Select(Damage)],
        StoreFault.WrongLength => [.. inner.Responses.Select(head => Change(head, head.Generation, head.BodyLength + 7))],
        StoreFault.Stale => [.. inner.Responses.Select(head => Change(head, head.Generation ^ 1, head.BodyLength))],
        _ => inner.Responses,
    };

    /// <inheritdoc/>
    public override long Stamp => fault == StoreFault.Stale ? inner.Stamp - 1_000_000_000 : inner.Stamp;

    /// <inheritdoc/>
    public override async ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        var isOther = await store.EnterAsync(StoreCall.OpenBody, cancellationToken).ConfigureAwait(false) is not null;
        return new FaultyBody(store, await inner.OpenBodyAsync(response, cancellationToken).ConfigureAwait(false), isOther);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => inner.Dispose();

    private static StoredResponse Change(StoredResponse head, long generation, long bodyLength) => new()
    {
        Method = head.Method,
        TargetUri = head.TargetUri,
        SelectingFields = head.SelectingFields,
        StatusCode = head.StatusCode,
        ReasonPhrase = head.ReasonPhrase,
        HttpVersion = head.HttpVersion,
        Fields = head.Fields,
        Times = head.Times,
        AgeValue = head.AgeValue,
        BodyLength = bodyLength,
        Part = head.Part,
        IsDecoded = head.IsDecoded,
        MustValidate = head.MustValidate,
        IsMarkedStale = head.IsMarkedStale,
        HadCredentials = head.HadCredentials,
        Tags = head.Tags,
        Variant = head.Variant,
        Rank = head.Rank,
        Generation = generation,
        BodyId = head.BodyId,
    };

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
