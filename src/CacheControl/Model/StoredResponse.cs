using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using HttpCaching.Fields;

namespace HttpCaching.Storage;

/// <summary>
/// The head of a stored response: raw facts of the exchange, from which each process draws every conclusion (freshness, age, validators),
/// so that a corrected rule applies to responses that are stored already. Immutable. The body is reached through the snapshot it was read from.
/// </summary>
public sealed class StoredResponse
{
    // Few responses have either: neither makes each head larger.
    private readonly object? _part;
    private readonly long _ageTicks = long.MinValue;

    // Five facts that are true or not, in a byte.
    private readonly HeadFlags _flags;

    /// <summary>A head whose facts are all set by the initializer.</summary>
    public StoredResponse()
    {
    }

    // Copies the facts and not the memos: they were concluded from other facts.
    [SetsRequiredMembers]
    private StoredResponse(StoredResponse other)
    {
        Method = other.Method;
        TargetUri = other.TargetUri;
        SelectingFields = other.SelectingFields;
        FurtherSelections = other.FurtherSelections;
        StatusCode = other.StatusCode;
        ReasonPhrase = other.ReasonPhrase;
        HttpVersion = other.HttpVersion;
        Fields = other.Fields;
        Times = other.Times;
        _ageTicks = other._ageTicks;
        BodyLength = other.BodyLength;
        _part = other._part;
        _flags = other._flags;
        Tags = other.Tags;
        Variant = other.Variant;
        Rank = other.Rank;
        Generation = other.Generation;
        BodyId = other.BodyId;
    }

    /// <summary>The method of the original request: GET, HEAD, or QUERY.</summary>
    public required string Method { get; init; }

    /// <summary>The target URI of the original request, as in the key.</summary>
    public required string TargetUri { get; init; }

    /// <summary>The fields of the original request that Vary nominates (RFC 9111 §4.1).</summary>
    public SelectingFields SelectingFields { get; init; } = SelectingFields.None;

    /// <summary>
    /// The selecting fields of other requests that the origin has answered with 304 for this response, which it therefore answers as well (RFC 9110 §15.4.5);
    /// empty as a rule.
    /// </summary>
    public IReadOnlyList<SelectingFields> FurtherSelections { get; init; } = [];

    /// <summary>The status code of the response; 206 only for an incomplete one.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The reason phrase, or <see langword="null"/>.</summary>
    public string? ReasonPhrase { get; init; }

    /// <summary>The protocol version of the response.</summary>
    public required Version HttpVersion { get; init; }

    /// <summary>The field lines of the response in order, without those that RFC 9111 §3.1 forbids to store.</summary>
    public required HttpFields Fields { get; init; }

    /// <summary>When the request was sent and when the response head arrived; of the latest validation, if there was one.</summary>
    public required ExchangeTimes Times { get; init; }

    /// <summary>The Age that arrived with the response, in whole seconds, or <see langword="null"/> (the field itself is not kept; RFC 9111 §5.1).</summary>
    public TimeSpan? AgeValue
    {
        get => _ageTicks == long.MinValue ? null : new TimeSpan(_ageTicks);
        init => _ageTicks = value?.Ticks ?? long.MinValue;
    }

    /// <summary>The number of body bytes held. Set when the body is committed; -1 before.</summary>
    public long BodyLength { get; init; } = -1;

    /// <summary>What part of the representation is held, or <see langword="null"/> if the response is complete (RFC 9111 §3.3).</summary>
    public PartRange? Part
    {
        get => _part is PartRange range ? range : null;
        init => _part = value;
    }

    /// <summary>Whether a handler below the cache had removed a content coding from the body that is stored.</summary>
    public bool IsDecoded
    {
        get => (_flags & HeadFlags.IsDecoded) != 0;
        init => _flags = With(HeadFlags.IsDecoded, value);
    }

    /// <summary>Whether the response may only be reused after a successful validation, whatever its freshness (RFC 9111 §4.3.5, §4.4).</summary>
    public bool MustValidate
    {
        get => (_flags & HeadFlags.MustValidate) != 0;
        init => _flags = With(HeadFlags.MustValidate, value);
    }

    /// <summary>Whether a tool has marked the response as stale: it is validated before its next use, but may still be served if the origin fails (RFC 5861 §4).</summary>
    public bool IsMarkedStale
    {
        get => (_flags & HeadFlags.IsMarkedStale) != 0;
        init => _flags = With(HeadFlags.IsMarkedStale, value);
    }

    /// <summary>Whether the original request carried credentials (RFC 9111 §3.5).</summary>
    public bool HadCredentials
    {
        get => (_flags & HeadFlags.HadCredentials) != 0;
        init => _flags = With(HeadFlags.HadCredentials, value);
    }

    /// <summary>Whether the origin has answered a validation by entity tag with a 304 that fitted nothing: the tag is not sent again (RFC 9111 §4.3.1).</summary>
    public bool TagIsUnreliable
    {
        get => (_flags & HeadFlags.TagIsUnreliable) != 0;
        init => _flags = With(HeadFlags.TagIsUnreliable, value);
    }

    /// <summary>What the response can be removed by, beside its key: the caller's tags and the origin's cache groups, as opaque texts.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The identity of this response among those under its key: equal for responses that replace each other.</summary>
    public required string Variant { get; init; }

    /// <summary>The order among concurrent writers of one variant: the greater is the newer response; on a tie the later commit wins.</summary>
    public required long Rank { get; init; }

    /// <summary>The version of this head: a random number, new for each stored or refreshed head. What compare-and-swap compares.</summary>
    public required long Generation { get; init; }

    /// <summary>The identity of the body: a random number that ties a head to its body; unchanged when a validation refreshes the head.</summary>
    public required long BodyId { get; init; }

    /// <summary>Whether the whole representation is held (RFC 9111 §3.3).</summary>
    public bool IsComplete => _part is null;

    /// <summary>Conclusions that the rules have drawn from these facts, kept in memory only.</summary>
    internal object? PolicyMemo { get; set; }

    /// <summary>The form that the message layer has prepared from these facts, kept in memory only.</summary>
    internal object? MessageMemo { get; set; }

    /// <summary>Forgets what was concluded and prepared: a response may never be used again, and its first use draws it again.</summary>
    internal void ForgetMemos() => PolicyMemo = MessageMemo = null;

    /// <summary>
    /// Whether this head may be put in the place of another: it belongs to the same body. A store throws <see cref="ArgumentException"/> if not.
    /// </summary>
    /// <param name="standing">The stored response of the generation that was read.</param>
    public bool MayTakePlaceOf(StoredResponse standing)
    {
        ArgumentNullException.ThrowIfNull(standing);
        return BodyId == standing.BodyId && BodyLength == standing.BodyLength;
    }

    /// <summary>
    /// Whether this head, which moves to another variant, is refused because of the response that stands there: a newer one. On a tie this head wins.
    /// A store asks this in the same step in which it replaces the head.
    /// </summary>
    /// <param name="displaced">The other stored response of this head's variant, or <see langword="null"/> if there is none.</param>
    public bool YieldsTo(StoredResponse? displaced) => displaced is not null && YieldsTo(displaced.Rank);

    /// <summary>The same for a store that has the rank of the other response at hand.</summary>
    /// <param name="rank">Its <see cref="Rank"/>.</param>
    public bool YieldsTo(long rank) => rank > Rank;

    /// <summary>The same facts with another body length, once the body has been received.</summary>
    /// <param name="length">The number of body bytes held.</param>
    /// <param name="part">What part of the representation they are, or <see langword="null"/> for all of it.</param>
    public StoredResponse WithBody(long length, PartRange? part = null) => length == BodyLength && part == Part ? this : new(this)
    {
        BodyLength = length,
        Part = part,

        // The rules have concluded nothing from how long the body is.
        PolicyMemo = PolicyMemo,
    };

    /// <summary>The same response with other field lines.</summary>
    internal StoredResponse WithFields(HttpFields fields) => new(this) { Fields = fields };

    /// <summary>The same response, whose entity tag is not sent.</summary>
    internal StoredResponse WithUnreliableTag() => new(this) { TagIsUnreliable = true };

    /// <summary>The same response, to be reused only after validation.</summary>
    internal StoredResponse AsMarked(long generation) => new(this) { MustValidate = true, Generation = generation };

    /// <summary>The same response, stale from now on.</summary>
    internal StoredResponse AsMarkedStale(long generation) => new(this) { IsMarkedStale = true, Generation = generation };

    /// <summary>The beginning of a response whose body broke off.</summary>
    internal StoredResponse AsBeginning(long length, long total, string variant) => new(this)
    {
        StatusCode = 206,
        ReasonPhrase = "Partial Content",
        BodyLength = length,
        Part = new PartRange(0, total),
        Variant = variant,
    };

    /// <summary>The whole response that a part of it has been completed to.</summary>
    internal StoredResponse AsWhole(long length, long bodyId, string variant) => new(this)
    {
        StatusCode = 200,
        ReasonPhrase = "OK",

        // Of the fields of a part those stay that speak of the representation.
        Fields = Fields.Without(FieldNames.ContentRange).Without(FieldNames.ContentDigest).Without(FieldNames.ContentMD5)
            .With(FieldNames.ContentLength, length.ToString(CultureInfo.InvariantCulture)),
        BodyLength = length,
        Part = null,
        BodyId = bodyId,
        Variant = variant,
    };

    private HeadFlags With(HeadFlags flag, bool isSet) => isSet ? _flags | flag : _flags & ~flag;

    [Flags]
    private enum HeadFlags : byte
    {
        None = 0,
        IsDecoded = 1,
        MustValidate = 2,
        IsMarkedStale = 4,
        HadCredentials = 8,
        TagIsUnreliable = 16,
    }
}
