using CsCheck;
using HttpCaching.Control.Time;

namespace HttpCaching.Tests.Control;

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
    public void Now_WallClockAheadForAMoment_FollowsItBack()
    {
        var provider = new TwoClocks();
        var clock = new CacheClock(provider);
        provider.Pass(TimeSpan.FromMinutes(10));
        var before = clock.Now;
        provider.SetWall(TimeSpan.FromDays(1));
        _ = clock.Now;

        provider.SetWall(TimeSpan.FromDays(-1.5));

        (clock.Now - before).Should().Be(TimeSpan.Zero, "behind the process's own time it never goes");
    }

    [Fact]
    [Trait("Spec", "AGE-6")]
    public void Now_AnySteps_IsNeverBehindWhatHasPassedAndNeverAheadOfBothClocks() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Int[-5000, 5000]).List[1, 20].Sample(steps =>
        {
            var provider = new TwoClocks();
            var clock = new CacheClock(provider);
            var passed = TimeSpan.Zero;
            foreach (var (seconds, step) in steps)
            {
                provider.Pass(TimeSpan.FromSeconds(seconds));
                provider.SetWall(TimeSpan.FromSeconds(step));
                passed += TimeSpan.FromSeconds(seconds);
                var steady = CacheFixture.Start + passed;
                var now = clock.Now;
                if (now < steady || now > (provider.GetUtcNow() > steady ? provider.GetUtcNow() : steady).AddSeconds(1))
                {
                    return false;
                }
            }

            return true;
        });
}
