using HttpCaching.Tests.Fuzz;

namespace HttpCaching.Tests.Issues;

/// <summary>A clock that was set back by less than the time since the last request made stored responses young again.</summary>
public sealed class StepBackBetweenRequests
{
    [Fact]
    public void Now_SetBackByLessThanHasPassed_GoesOnWithTheSteadyClock()
    {
        var time = new FuzzClock();
        var clock = new HttpCaching.Control.Time.CacheClock(time);
        var before = clock.Now;

        time.Advance(100);
        time.StepBack(23);

        (clock.Now - before).Should().Be(TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void Now_SetBackAgainAndAgain_LosesNoTime()
    {
        var time = new FuzzClock();
        var clock = new HttpCaching.Control.Time.CacheClock(time);
        var before = clock.Now;

        for (var i = 0; i < 3; i++)
        {
            time.Advance(10);
            time.StepBack(3600);
            time.Advance(10);
        }

        (clock.Now - before).Should().Be(TimeSpan.FromSeconds(60));
    }
}
