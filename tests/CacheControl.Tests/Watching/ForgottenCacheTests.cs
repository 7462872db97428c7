using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace HttpCaching.Tests.Watching;

/// <summary>The platform keeps meters until they are disposed. A cache whose owner forgets to dispose it goes all the same.</summary>
public sealed class ForgottenCacheTests
{
    [Fact]
    [Trait("Spec", "OBS-2")]
    public void Cache_ThatNobodyDisposes_IsCollected_AndItsGaugesTellNothing()
    {
        var name = $"forgotten {Guid.NewGuid():N}";
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "CacheControl")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        var cache = Used(name);
        listener.RecordObservableInstruments();
        seen.Should().Contain("cachecontrol.store.entries").And.Contain("cachecontrol.flights.active");

        for (var i = 0; i < 10 && cache.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        cache.IsAlive.Should().BeFalse();
        seen.Clear();
        listener.RecordObservableInstruments();
        seen.Should().BeEmpty();

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (Equals(tag.Value, name))
                {
                    seen.Add(instrument.Name);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Used(string name)
    {
        var cache = new HttpCache(name: name);
        GC.KeepAlive(cache.GetStatisticsAsync().GetAwaiter().GetResult());
        return new WeakReference(cache);
    }
}
