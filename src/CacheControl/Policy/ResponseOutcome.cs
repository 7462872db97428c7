using System.Collections.Immutable;

namespace HttpCaching.Policy;

/// <summary>The treatment of a response from the origin. A closed set.</summary>
internal abstract record ResponseOutcome
{
    private protected ResponseOutcome()
    {
    }

    /// <summary>Stored responses that are no longer good and are removed.</summary>
    public ImmutableArray<StoredResponse> Drop { get; init; } = [];

    /// <summary>Why nothing of it is kept, whatever its kind; <see langword="null"/> if its kind decides.</summary>
    public NotStoredReason? Withheld { get; init; }

    /// <summary>Stored responses whose heads are replaced, each by compare-and-swap.</summary>
    public ImmutableArray<HeadUpdate> Updates { get; init; } = [];

    /// <summary>It goes to the caller and is stored while the caller reads it.</summary>
    /// <param name="Head">What is stored of its head.</param>
    /// <param name="Prefix">A stored part whose bytes go before it, or <see langword="null"/>.</param>
    /// <param name="PrefixLength">How many bytes of that part.</param>
    /// <param name="Suffix">A stored part whose bytes beyond the received ones go after them, or <see langword="null"/>.</param>
    public sealed record StoreNew(StoredResponse Head, StoredResponse? Prefix = null, long PrefixLength = 0, StoredResponse? Suffix = null) : ResponseOutcome;

    /// <summary>It completes a stored part: the caller gets both as one response.</summary>
    /// <param name="Head">The head of the whole response.</param>
    /// <param name="Prefix">The stored part.</param>
    /// <param name="IsStored">Whether the whole may be stored: the part that came last may take back what the first one permitted.</param>
    public sealed record Complete(StoredResponse Head, StoredResponse Prefix, bool IsStored) : ResponseOutcome
    {
        /// <summary>The head for the caller: it may have fields of the last part that must not be kept, and that others don't get.</summary>
        public required StoredResponse ForCaller { get; init; }
    }

    /// <summary>It confirms a stored response, which answers the request (RFC 9111 §4.3.4).</summary>
    /// <param name="Pinned">The response that was nominated, whose body is used.</param>
    /// <param name="Head">Its updated head.</param>
    public sealed record Freshen(StoredResponse Pinned, StoredResponse Head) : ResponseOutcome
    {
        /// <summary>The head for the caller: it may have fields of the 304 that must not be kept, and that others don't get.</summary>
        public required StoredResponse ForCaller { get; init; }
    }

    /// <summary>It is an error that the stored response stands in for.</summary>
    /// <param name="Stored">The stored response.</param>
    /// <param name="Age">Its current age.</param>
    /// <param name="Permission">The rule that permits it.</param>
    public sealed record ServeStale(StoredResponse Stored, TimeSpan Age, CacheReason Permission) : ResponseOutcome;

    /// <summary>It goes to the caller and is not stored.</summary>
    /// <param name="Reason">The rule that forbids storing it.</param>
    public sealed record PassThrough(NotStoredReason Reason) : ResponseOutcome;

    /// <summary>It answers our conditions but selects nothing that is stored: the request is sent again without them.</summary>
    public sealed record Resend : ResponseOutcome
    {
        /// <summary>The conclusions of a 304 that fits no stored response, or <see langword="null"/>: the whole response is compared with it.</summary>
        public ResponseConclusions? Unmatched { get; init; }
    }
}

/// <summary>A head that takes the place of another.</summary>
/// <param name="Old">The stored response as it was read.</param>
/// <param name="New">The new head.</param>
internal readonly record struct HeadUpdate(StoredResponse Old, StoredResponse New);
