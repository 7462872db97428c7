namespace HttpCaching.Redis.Tests.Scale;

/// <summary>What a cache that loses nothing has to hit when each request is drawn for itself by Zipf's law.</summary>
internal sealed class ZipfTheory
{
    private readonly double[] _probabilities;

    public ZipfTheory(int resources, double exponent)
    {
        var weights = Enumerable.Range(1, resources).Select(i => Math.Pow(i, -exponent)).ToArray();
        var sum = weights.Sum();
        _probabilities = [.. weights.Select(w => w / sum)];
    }

    /// <summary>
    /// How many different resources of those that are not stored are among so many requests: each is missed once. The variance is that of independent
    /// resources, which is more than the true one, because requests for one are none for another.
    /// </summary>
    public (double Expected, double Variance) Misses(IEnumerable<int> notStored, int requests)
    {
        var (expected, variance) = (0.0, 0.0);
        foreach (var resource in notStored)
        {
            var asked = 1 - Math.Pow(1 - _probabilities[resource], requests);
            expected += asked;
            variance += asked * (1 - asked);
        }

        return (expected, variance);
    }
}
