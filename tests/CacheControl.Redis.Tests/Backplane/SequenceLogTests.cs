using HttpCaching.Redis.Backplane;

namespace HttpCaching.Redis.Tests.Backplane;

public sealed class SequenceLogTests
{
    [Fact]
    public void Check_AllHaveCome_IsFine()
    {
        var log = new SequenceLog(5);
        log.Note(6);
        log.Note(7);
        log.Announce(7);

        log.Check().Should().BeFalse();
        log.Check().Should().BeFalse();
    }

    [Fact]
    public void Check_OneMissing_IsALossAtTheSecondCheckOnly()
    {
        var log = new SequenceLog(5);
        log.Note(7);

        log.Check().Should().BeFalse("it may be on its way from another server");
        log.Check().Should().BeTrue();
        log.Check().Should().BeFalse("it is given up, and told once");
    }

    [Fact]
    public void Check_LateOneComesBetweenChecks_IsFine()
    {
        var log = new SequenceLog(5);
        log.Note(8);
        log.Note(6);
        log.Check().Should().BeFalse();
        log.Note(7);

        log.Check().Should().BeFalse();
    }

    [Fact]
    public void Check_LastOneMissing_IsFoundByTheAnnouncement()
    {
        var log = new SequenceLog(5);
        log.Note(6);
        log.Check().Should().BeFalse();
        log.Announce(7);

        log.Check().Should().BeFalse();
        log.Check().Should().BeTrue();
    }

    [Fact]
    public void Check_AnotherHoleAfterTheFirstClosed_GetsItsOwnTime()
    {
        var log = new SequenceLog(0);
        log.Note(2);
        log.Check().Should().BeFalse();
        log.Note(1);
        log.Note(4);

        log.Check().Should().BeFalse();
        log.Check().Should().BeTrue();
    }

    [Fact]
    public void Check_TooManyAhead_IsALossAtOnce()
    {
        var log = new SequenceLog(0);
        for (var i = 2; i < 2000; i++)
        {
            log.Note(i);
        }

        log.Check().Should().BeTrue();
    }
}
