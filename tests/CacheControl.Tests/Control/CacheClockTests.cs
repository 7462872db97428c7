using CacheControl.Control;
using CsCheck;

namespace CacheControl.Tests.Control;

public sealed class CacheClockTests
{
    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_WallClockSetBack_GoesOn()
    {
        var provider = new TwoClocks();
        var clock = new CacheClock(provider);
        provider.Pass(TimeSpan.FromMinutes(10));
        var before = clock.Now;

        provider.SetWall(TimeSpan.FromHours(-1));
        provider.Pass(TimeSpan.FromMinutes(5));

        (clock.Now - before).Should().Be(TimeSpan.FromMinutes(5));
        provider.Pass(TimeSpan.FromMinutes(5));
        (clock.Now - before).Should().Be(TimeSpan.FromMinutes(10));
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_WallClockSetBackWhileNobodyLooked_CountsAllTimePassed()
    {
        var provider = new TwoClocks();
        var clock = new CacheClock(provider);
        var before = clock.Now;

        provider.Pass(TimeSpan.FromHours(2));
        provider.SetWall(TimeSpan.FromHours(-1));

        (clock.Now - before).Should().Be(TimeSpan.FromHours(2));
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_WallClockSetForward_FollowsIt()
    {
        var provider = new TwoClocks();
        var clock = new CacheClock(provider);
        var before = clock.Now;

        provider.SetWall(TimeSpan.FromHours(1));

        (clock.Now - before).Should().Be(TimeSpan.FromHours(1));
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_WallClockSetForwardBetweenLooks_FollowsItAtTheNextOne()
    {
        var moment = TimeSpan.FromMilliseconds(10);
        var provider = new TwoClocks();
        var clock = new CacheClock(provider, moment);
        provider.Pass(TimeSpan.FromMinutes(1));
        var before = clock.Now;

        provider.SetWall(TimeSpan.FromHours(8));
        (clock.Now - before).Should().Be(TimeSpan.Zero);
        provider.Pass(moment);

        (clock.Now - before).Should().Be(TimeSpan.FromHours(8) + moment);
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_WallClockSetBackBetweenLooks_CountsAllTimePassed()
    {
        var provider = new TwoClocks();
        var clock = new CacheClock(provider, TimeSpan.FromMilliseconds(10));
        var before = clock.Now;

        for (var i = 0; i < 3; i++)
        {
            provider.SetWall(TimeSpan.FromHours(-1));
            provider.Pass(TimeSpan.FromMilliseconds(4));
            _ = clock.Now;
        }

        (clock.Now - before).Should().Be(TimeSpan.FromMilliseconds(12));
    }

    [Fact]
    public void Now_OfSystem_IsTheWalls()
    {
        // A step of the coarse clock is some milliseconds, of Windows' sixteen.
        var tolerance = TimeSpan.FromMilliseconds(100);
        var clock = CacheClock.OfSystem();
        for (var step = 0; step < 3; step++)
        {
            var last = clock.Now;
            SpinWait.SpinUntil(() => clock.Now > last, TimeSpan.FromSeconds(60)).Should().BeTrue();

            var before = DateTimeOffset.UtcNow;
            var now = clock.Now;
            now.Should().BeOnOrAfter(before - tolerance).And.BeOnOrBefore(DateTimeOffset.UtcNow + tolerance);
        }
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_AnySteps_NeverGoesBackBySeconds() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Int[-5000, 5000]).List[1, 20].Sample(steps =>
        {
            var provider = new TwoClocks();
            var clock = new CacheClock(provider);
            var previous = clock.Now;
            foreach (var (passed, step) in steps)
            {
                provider.Pass(TimeSpan.FromSeconds(passed));
                provider.SetWall(TimeSpan.FromSeconds(step));
                var now = clock.Now;
                if (now < previous - TimeSpan.FromSeconds(1))
                {
                    return false;
                }

                previous = now;
            }

            return true;
        });

    /// <summary>A wall clock that can be set, and a timer that can't.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        private DateTimeOffset _wall = CacheFixture.Start;
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            _wall += time;
            _ticks += time.Ticks;
        }

        public void SetWall(TimeSpan step) => _wall += step;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _ticks;
    }
}
