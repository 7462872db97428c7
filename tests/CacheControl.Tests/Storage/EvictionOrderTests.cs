using CacheControl.Fields;
using CacheControl.Model;
using CacheControl.Storage.InMemory;

namespace CacheControl.Tests.Storage;

[Trait("Spec", "SRE-9")]
public sealed class EvictionOrderTests
{
    private const int KeyCount = 20_000;
    private const int Capacity = 2_000;
    private const int Requests = 300_000;

    private static readonly long UnitSize = Held(0).Size;

    [Fact]
    public void TakeVictim_ReadOnceThenScan_EvictsTheScan()
    {
        var cache = new Trace(capacity: 100);
        for (var round = 0; round < 3; round++)
        {
            for (var key = 0; key < 80; key++)
            {
                cache.Request(key);
            }
        }

        for (var key = 1000; key < 2000; key++)
        {
            cache.Request(key);
        }

        Enumerable.Range(0, 80).Count(cache.Holds).Should().Be(80);
    }

    [Fact]
    public void TakeVictim_AskedForAgainSoonAfterEviction_GoesToMain()
    {
        var cache = new Trace(capacity: 100);
        for (var key = 0; key < 120; key++)
        {
            cache.Request(key);
        }

        cache.Holds(0).Should().BeFalse();
        cache.Request(0);
        for (var key = 1000; key < 2000; key++)
        {
            cache.Request(key);
        }

        cache.Holds(0).Should().BeTrue();
    }

    [Fact]
    public void TakeVictim_ReadLongAgo_IsEvictedAtLast()
    {
        var cache = new Trace(capacity: 100);
        for (var i = 0; i < 20; i++)
        {
            cache.Request(0);
        }

        for (var i = 0; i < 5000; i++)
        {
            cache.Request(1 + (i / 2 * 2 % 3000));
            cache.Request(1 + (i / 2 * 2 % 3000));
        }

        cache.Holds(0).Should().BeFalse();
    }

    [Theory]
    [InlineData(0, 0.64)]
    [InlineData(29, 0.455)]
    public void TakeVictim_ZipfTrace_ReachesHitRatio(int scanPercent, double expected)
    {
        var cache = new Trace(Capacity);
        var zipf = new Zipf(KeyCount, 0.9, seed: 1);
        var random = new Random(2);
        var hits = 0;
        for (var i = 0; i < Requests; i++)
        {
            var key = random.Next(100) < scanPercent ? KeyCount + i : zipf.Next();
            hits += cache.Request(key) && i >= Requests / 10 ? 1 : 0;
        }

        (hits / (Requests * 0.9)).Should().BeGreaterThan(expected);
    }

    private static HeldResponse Held(int key) => new(
        new CacheKey($"https://example.org/{key:D8}"),
        new StoredResponse
        {
            Method = "GET",
            TargetUri = string.Empty,
            StatusCode = 200,
            HttpVersion = new Version(1, 1),
            Fields = HttpFields.Empty,
            Times = default,
            Variant = string.Empty,
            Rank = 0,
            Generation = key,
            BodyId = key,
        },
        new MemoryBody([], 0));

    private sealed class Trace(int capacity)
    {
        private readonly Dictionary<int, HeldResponse> _held = [];
        private readonly EvictionOrder _order = new(capacity * UnitSize);

        public bool Holds(int key) => _held.ContainsKey(key);

        public bool Request(int key)
        {
            if (_held.TryGetValue(key, out var hit))
            {
                hit.CountUses(1);
                return true;
            }

            var added = Held(key);
            while (_order.TakeVictim(added.Size) is { } victim)
            {
                _held.Remove((int)victim.Head.Generation);
            }

            _order.Add(added);
            _held.Add(key, added);
            return false;
        }
    }

    private sealed class Zipf
    {
        private readonly double[] _cumulative;
        private readonly Random _random;

        public Zipf(int count, double exponent, int seed)
        {
            _random = new Random(seed);
            _cumulative = new double[count];
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                _cumulative[i] = sum += 1 / Math.Pow(i + 1, exponent);
            }
        }

        public int Next()
        {
            var index = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
            return Math.Min(index < 0 ? ~index : index, _cumulative.Length - 1);
        }
    }
}
