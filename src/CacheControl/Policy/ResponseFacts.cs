using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Everything that the rules for a received response look at.</summary>
internal readonly struct ResponseFacts
{
    public ResponseFacts()
    {
    }

    /// <summary>The request.</summary>
    public required RequestFacts Asked { get; init; }

    public RequestHead Presented => Asked.Presented;

    public required Decision Decision { get; init; }

    /// <summary>The stored responses of the key when the request was decided.</summary>
    public required ImmutableArray<StoredResponse> Candidates { get; init; }

    public required ResponseHead Response { get; init; }

    public required ExchangeTimes Times { get; init; }

    /// <summary>Whether the request went out with conditions or a range of ours rather than the caller's.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>The conclusions of a 304 that fitted no stored response, if this is the answer to the request sent again; <see langword="null"/> otherwise.</summary>
    public ResponseConclusions? Unmatched { get; init; }

    /// <summary>Tags that the application gave the request.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A random number for each generation and body that comes out of the decision.</summary>
    public required Func<long> NewId { get; init; }
}
