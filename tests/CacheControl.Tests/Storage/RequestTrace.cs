namespace HttpCaching.Tests.Storage;

/// <summary>What is asked for, and in which order.</summary>
public enum TraceKind
{
    /// <summary>Popularity falls with the rank to the power of 0.9.</summary>
    Zipf,

    /// <summary>The same, and 29 of 100 requests are for something that is never asked for again.</summary>
    ZipfWithScans,

    /// <summary>The same, and what is popular changes at once, ten times: the popular keys are others then.</summary>
    ShiftingZipf,

    /// <summary>The same, and what is popular changes all the time: every twenty requests the most popular key loses its place to the next.</summary>
    DriftingZipf,
}

/// <summary>Long traces of requests, always the same, to judge eviction by: 100,000 keys, room for a tenth of them.</summary>
internal static class RequestTrace
{
    public const int Capacity = 10_000;

    private const int Keys = 100_000;
    private const int ScanPercent = 29;
    private const int Shifts = 10;
    private const int KeysOfAShift = 10_000;
    private const int RequestsOfADrift = 20;

    private static readonly double[] Cumulative = Sum();

    /// <summary>The part of the requests that hit, after the first tenth.</summary>
    /// <param name="kind">The trace.</param>
    /// <param name="request">Asks for a key; true if it was there, else it is there afterwards.</param>
    /// <param name="requests">How long it is.</param>
    public static double HitRatio(TraceKind kind, Func<int, bool> request, int requests = 2_000_000)
    {
        var random = new Random(1);
        var hits = 0;
        for (var i = 0; i < requests; i++)
        {
            hits += request(Next(kind, random, i, requests)) && i >= requests / 10 ? 1 : 0;
        }

        return hits / (requests * 0.9);
    }

    private static int Next(TraceKind kind, Random random, int number, int requests)
    {
        if (kind == TraceKind.ZipfWithScans && random.Next(100) < ScanPercent)
        {
            return Keys + number;
        }

        var index = Array.BinarySearch(Cumulative, random.NextDouble() * Cumulative[^1]);
        var rank = Math.Min(index < 0 ? ~index : index, Keys - 1);

        return kind switch
        {
            TraceKind.ShiftingZipf => (rank + (number / (requests / Shifts) * KeysOfAShift)) % Keys,
            TraceKind.DriftingZipf => (rank + (number / RequestsOfADrift)) % Keys,
            _ => rank,
        };
    }

    private static double[] Sum()
    {
        var cumulative = new double[Keys];
        var sum = 0.0;
        for (var i = 0; i < Keys; i++)
        {
            cumulative[i] = sum += 1 / Math.Pow(i + 1, 0.9);
        }

        return cumulative;
    }
}

/// <summary>The plainest eviction, to compare with: what was used longest ago goes.</summary>
internal sealed class LeastRecentlyUsed(int capacity)
{
    private readonly Dictionary<int, LinkedListNode<int>> _nodes = [];
    private readonly LinkedList<int> _order = new();

    public bool Request(int key)
    {
        if (_nodes.TryGetValue(key, out var node))
        {
            _order.Remove(node);
            _order.AddFirst(node);
            return true;
        }

        if (_nodes.Count == capacity)
        {
            _nodes.Remove(_order.Last!.Value);
            _order.RemoveLast();
        }

        _nodes.Add(key, _order.AddFirst(key));
        return false;
    }
}
