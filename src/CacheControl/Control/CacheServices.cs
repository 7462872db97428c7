using System.Security.Cryptography;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control;

/// <summary>The long-lived parts that all requests of one cache share.</summary>
internal sealed record CacheServices
{
    public required GuardedStore Store { get; init; }

    public required PolicySettings Policy { get; init; }

    /// <summary>The application's rules for some requests; null if there are none.</summary>
    public RuleTable? Rules { get; init; }

    public required KeyMaker Keys { get; init; }

    public required CacheClock Clock { get; init; }

    public required CacheMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    public required ControlSettings Settings { get; init; }

    /// <summary>The exchanges with the origin that others may join.</summary>
    public required RequestCollapser Flights { get; init; }

    /// <summary>Continues work that waited, and runs work without a caller.</summary>
    public required Dispatch Dispatch { get; init; }

    /// <summary>Changes to the store that a caller who has left does not wait for.</summary>
    public PendingWork Pending { get; } = new();

    /// <summary>Where URIs were stored last, for the words of a miss.</summary>
    public KnownPartitions Partitions { get; } = new();

    /// <summary>Which stored responses answer for other URIs too.</summary>
    public EquivalentUris Searches { get; } = new();

    /// <summary>The settings for a request: those of its rule, or of the options.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="targetUri">Its normalised target URI.</param>
    public PolicySettings PolicyFor(string method, string targetUri) => Rules?.For(method, targetUri) ?? Policy;

    /// <summary>Removes all of a URI, and of the URIs that mean the same (RFC 9111 §4.4, No-Vary-Search).</summary>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        Flights.Detach(uri);
        await Store.InvalidateAsync(uri, cancellationToken).ConfigureAwait(false);
        foreach (var equivalent in Searches.EquivalentsOf(uri))
        {
            Flights.Detach(equivalent);
            await Store.InvalidateAsync(equivalent, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that a response is not stored; false if its outcome was settled before.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="reason">Why.</param>
    public bool NoteNotStored(StoringOutcome outcome, NotStoredReason reason)
    {
        if (reason == NotStoredReason.TooLarge)
        {
            outcome.Limit = Store.MaximumEntryBytes;
        }

        if (!outcome.TrySettle(reason))
        {
            return false;
        }

        Metrics.Storing(reason);
        return true;
    }

    /// <summary>A random number for a generation or a body. Never zero, so that zero can stand for none.</summary>
    public static long NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        long id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = BitConverter.ToInt64(bytes);
        }
        while (id == 0);
        return id;
    }
}
