namespace HttpCaching.Tests.Fuzz;

/// <summary>What the cache said of a request before it was sent, twice: the first time changed nothing.</summary>
internal sealed class ForetoldAnswer(CacheExplanation explained, CacheExplanation again)
{
    /// <summary>Fails if something else became of the request.</summary>
    /// <param name="response">The response.</param>
    /// <param name="calls">How often the origin was asked.</param>
    public void Check(HttpResponseMessage response, int calls)
    {
        again.ToString().Should().Be(explained.ToString(), "an explanation changes nothing");
        var (expected, actual) = (explained.Expected, response.GetCacheStatus()!);
        actual.Hit.Should().Be(explained.Action == CacheAction.Serve, explained.ToString());
        actual.Generated.Should().Be(explained.Action == CacheAction.Refuse, explained.ToString());
        if (actual.Hit || actual.Generated)
        {
            // A status may be that of an earlier hit in the same second.
            (actual.Reason, actual.Source, actual.Age + actual.TimeToLive).Should().Be((expected.Reason, expected.Source, expected.Age + expected.TimeToLive), explained.ToString());
            Seconds(actual.Age).Should().Be(Seconds(expected.Age), explained.ToString());
            calls.Should().Be(0, explained.ToString());
            explained.Candidates.Where(candidate => candidate.IsSelected).Should().HaveCount(explained.Lifetime is null ? 0 : 1, explained.ToString());
            return;
        }

        // A request on its way may be shared; the cache did not ask again for this one.
        (calls > 0 || actual.Collapsed is true).Should().BeTrue(explained.ToString());
        if (actual.Reason is not (CacheReason.StaleIfError or CacheReason.Disconnected))
        {
            actual.Forward.Should().Be(expected.Forward, explained.ToString());
        }

        actual.IsInOtherPartition.Should().Be(expected.IsInOtherPartition, explained.ToString());
        if (actual.Reason is not (CacheReason.Validated or CacheReason.StaleIfError or CacheReason.Disconnected))
        {
            actual.Reason.Should().Be(expected.Reason, explained.ToString());
            actual.VariedField.Should().Be(expected.VariedField, explained.ToString());
        }
    }

    private static long? Seconds(TimeSpan? age) => age?.Ticks / TimeSpan.TicksPerSecond;

    /// <summary>Fails if the origin should not have been asked, whose failure the caller has seen.</summary>
    public void CheckFailed() => explained.Action.Should().NotBe(CacheAction.Serve).And.NotBe(CacheAction.Refuse);
}
