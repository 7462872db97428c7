using System.Diagnostics.Metrics;

namespace HttpCaching.Tests.Control;

public sealed class BodyBytesTests
{
    [Theory]
    [InlineData(null, null, 10)]
    [InlineData("Range", "bytes=2-5", 4)]
    [InlineData("If-None-Match", "\"a\"", 0)]
    public async Task BodyBytes_OfAHit_AreThoseThatTheCallerGets(string? name, string? value, long expected)
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "0123456789", ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        await fixture.GetAsync();
        long counted = 0;
        var test = new AsyncLocal<bool> { Value = true };
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: "CacheControl", Name: "cachecontrol.body.bytes" })
            {
                self.EnableMeasurementEvents(instrument);
            }
        };

        // Other tests run at the same time and have meters of the same name: only what this test's own flow measures counts.
        listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => counted += test.Value ? measurement : 0);
        listener.Start();

        await fixture.GetAsync("http://h/", name is null ? [] : [(name, value!)]);

        counted.Should().Be(expected);
    }
}
