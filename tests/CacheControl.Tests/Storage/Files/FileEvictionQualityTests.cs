using HttpCaching.Storage.Files;
using Xunit.Abstractions;

namespace HttpCaching.Tests.Storage.Files;

/// <summary>
/// How good the file store's choice of what to evict is: its own code chooses among records that are a time stamp each, over traces that are too long
/// for a disk. Uses are written down as the store does it, every half minute, and what goes is chosen among a few thousand at a time.
/// </summary>
[Trait("Spec", "SRE-9")]
public sealed class FileEvictionQualityTests(ITestOutputHelper output)
{
    private const int Requests = 1_000_000;

    [Theory]
    [InlineData(TraceKind.Zipf, 1.03)]
    [InlineData(TraceKind.ZipfWithScans, 1.03)]
    [InlineData(TraceKind.ShiftingZipf, 0.96)]
    [InlineData(TraceKind.DriftingZipf, 0.87)]
    public void Evict_LongTrace_HitsOftenAgainstLeastRecentlyUsed(TraceKind kind, double timesLeastRecentlyUsed)
    {
        var store = new StampsOnly(RequestTrace.Capacity);

        // The store is never full: between its marks it has room for a tenth less. It is compared with a full one all the same.
        var recent = new LeastRecentlyUsed(RequestTrace.Capacity);

        var ratio = RequestTrace.HitRatio(kind, store.Request, Requests);
        var ratioOfRecent = RequestTrace.HitRatio(kind, recent.Request, Requests);

        output.WriteLine($"{kind}: {ratio:F3}, least recently used {ratioOfRecent:F3}");
        ratio.Should().BeGreaterThanOrEqualTo(timesLeastRecentlyUsed * ratioOfRecent);
    }

    /// <summary>The store without its files: a stamp for each key, uses that are written down later, and the evictor's choice.</summary>
    private sealed class StampsOnly(int capacity)
    {
        private const int RequestsPerFlush = 30_000;
        private const int RequestsPerSecond = 1000;

        private readonly Dictionary<int, UseStamp> _stamps = [];
        private readonly Dictionary<int, int> _uses = [];
        private readonly Random _random = new(3);
        private DateTime _now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        private int _requests;

        public bool Request(int key)
        {
            _now += TimeSpan.FromMilliseconds(1000.0 / RequestsPerSecond);
            if (++_requests % RequestsPerFlush == 0)
            {
                Flush();
            }

            if (_stamps.ContainsKey(key))
            {
                _uses[key] = Math.Min(UseStamp.MostUses, _uses.GetValueOrDefault(key) + 1);
                return true;
            }

            _stamps.Add(key, new UseStamp(_now, 0));
            if (_stamps.Count > capacity * Evictor.HighWater)
            {
                Flush();
                Evict();
            }

            return false;
        }

        private void Flush()
        {
            foreach (var (key, uses) in _uses)
            {
                if (_stamps.TryGetValue(key, out var before))
                {
                    // As a file's time keeps it.
                    _stamps[key] = UseStamp.Of(new UseStamp(_now, before.Uses + uses).ToFileTime());
                }
            }

            _uses.Clear();
        }

        private void Evict()
        {
            var keys = _stamps.Keys.ToArray();
            _random.Shuffle(keys);
            var need = keys.Length - (capacity * Evictor.LowWater);
            foreach (var sample in keys.Chunk(Evictor.SampleKeys))
            {
                var scanned = sample.Select(key =>
                {
                    var scan = new ScannedKey(new FilePlace(0, "/", key.ToString("x40", System.Globalization.CultureInfo.InvariantCulture)));
                    scan.AddRecord(1, _stamps[key].ToFileTime());
                    return scan;
                });
                foreach (var victim in Evictor.VictimsOf(scanned, 0, Math.Ceiling(need * sample.Length / keys.Length), _now))
                {
                    _stamps.Remove(int.Parse(victim.Place.Stem, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
                }
            }
        }
    }
}
