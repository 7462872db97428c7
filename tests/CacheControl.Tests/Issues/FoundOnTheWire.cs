using HttpCaching.Tests.Fuzz.Wire;

namespace HttpCaching.Tests.Issues;

/// <summary>Dialogues in which the cache gave something else than a plain client got, as <see cref="WireAgreementTests"/> has found and printed them.</summary>
public sealed class FoundOnTheWire
{
    [Theory]
    [InlineData(WireSite.Handler)]
    [InlineData(WireSite.Factory)]
    [InlineData(WireSite.Habit)]
    [Trait("Spec", "HTC-21")]
    public Task StarAboutAChangedResource_GetsIts304(string pipeline) => AgreesAsync(new WireDialogue(
        pipeline,
        new WireResource(),
        new WireStep(),
        new WireStep { Wait = 80, Changes = true, Fields = ["If-None-Match: *"] }));

    [Theory]
    [InlineData(WireSite.Handler)]
    [InlineData(WireSite.Factory)]
    [InlineData(WireSite.Habit)]
    [Trait("Spec", "HTC-21")]
    public Task StarAboutAnotherCoding_GetsThe304OfThat(string pipeline) => AgreesAsync(new WireDialogue(
        pipeline,
        new WireResource { Coding = WireCoding.Gzip, NegotiatesCoding = true, HasModified = true },
        new WireStep(),
        new WireStep { Fields = ["Accept-Encoding: gzip;q=0", "If-None-Match: *"] }));

    [Theory]
    [InlineData(WireSite.DecodingHandler)]
    [InlineData(WireSite.Factory)]
    [Trait("Spec", "VLD-10")]
    public Task StarAboutAnotherCoding_FilesNothing(string pipeline) => AgreesAsync(new WireDialogue(
        pipeline,
        new WireResource { Coding = WireCoding.Brotli, NegotiatesCoding = true, Tag = WireTag.Weak, HasModified = true },
        new WireStep { Fields = ["Range: bytes=0-"] },
        new WireStep { Fields = ["If-None-Match: *"] },
        new WireStep()));

    [Theory]
    [InlineData(WireFraming.ChunkedCut, WireCoding.Deflate, WireReading.Buffered)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.Deflate, WireReading.Streamed)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.Deflate, WireReading.Piecewise)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.Deflate, WireReading.Synchronous)]
    [InlineData(WireFraming.LengthTooLong, WireCoding.Deflate, WireReading.Streamed)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.GzipAndMore, WireReading.Buffered)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.GzipAndMore, WireReading.Streamed)]
    [InlineData(WireFraming.ChunkedCut, WireCoding.GzipAndMore, WireReading.Piecewise)]
    [InlineData(WireFraming.LengthTooLong, WireCoding.GzipAndMore, WireReading.Synchronous)]
    [InlineData(WireFraming.LengthTooLong, WireCoding.GzipAndMore, WireReading.Streamed)]
    [Trait("Spec", "INC-9")]
    public Task FramingThatBreaksOffAfterTheData_FailsAsByThePlatform(object framing, object coding, object reading) => AgreesAsync(new WireDialogue(
        WireSite.DecodingHandler,
        new WireResource { Framing = (WireFraming)framing, Coding = (WireCoding)coding },
        new WireStep { Reading = (WireReading)reading },
        new WireStep { Reading = (WireReading)reading }));

    [Theory]
    [InlineData(WireCoding.GzipLabelledTwice)]
    [InlineData(WireCoding.GzipTwice)]
    [Trait("Spec", "HTC-5")]
    [Trait("Spec", "RNG-8")]
    public Task RangeOfWhatHasLostOneCodingOfTwo_IsNotCutHere(object coding) => AgreesAsync(new WireDialogue(
        WireSite.Habit,
        new WireResource { Coding = (WireCoding)coding, CutsRanges = true },
        new WireStep(),
        new WireStep { Fields = ["Range: bytes=-4"] }));

    private static async Task AgreesAsync(WireDialogue dialogue)
    {
        using var site = new WireSite();
        var difference = await dialogue.PlayAsync(site);
        (difference?.ToString()).Should().BeNull();
    }
}
