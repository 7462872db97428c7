using HttpCaching.Control.Guard;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Control;

public sealed class StoreCircuitTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    [Trait("Spec", "SRE-2")]
    public void Failed_FaultsInARow_OpenItAndOneCallAfterThePauseTries()
    {
        var circuit = new StoreCircuit(_time, Pause, faultsToOpen: 2);
        circuit.Failed(timedOut: false).Should().BeFalse();
        circuit.Succeeded();
        circuit.Failed(timedOut: false).Should().BeFalse("the row was interrupted");
        circuit.Failed(timedOut: false).Should().BeTrue();

        circuit.Admits().Should().BeFalse();
        _time.Advance(Pause);
        circuit.Admits().Should().BeTrue("this is the trial");
        circuit.Admits().Should().BeFalse("there is one trial at a time");
        circuit.Succeeded().Should().BeTrue();
        circuit.Admits().Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public void Failed_TheTrial_DoublesThePauseUpToAMinute()
    {
        var circuit = new StoreCircuit(_time, Pause, faultsToOpen: 2);
        circuit.Failed(timedOut: true).Should().BeTrue("a call that ran out of time opens it at once");
        foreach (var seconds in (int[])[5, 10, 20, 40, 60, 60])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            circuit.Admits().Should().BeFalse($"{seconds} s are not over");
            _time.Advance(TimeSpan.FromTicks(1));
            circuit.Admits().Should().BeTrue($"{seconds} s are over");
            circuit.Failed(timedOut: true).Should().BeFalse("it is open already");
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        circuit.Admits().Should().BeTrue();
        circuit.Succeeded();
        circuit.Failed(timedOut: true);
        _time.Advance(Pause);
        circuit.Admits().Should().BeTrue("after a success the first pause is the short one again");
    }

    [Fact]
    [Trait("Spec", "SRE-2")]
    public void Withdraw_TheTrial_TheNextCallTries()
    {
        var circuit = new StoreCircuit(_time, Pause, faultsToOpen: 1);
        circuit.Failed(timedOut: false);
        _time.Advance(Pause);
        circuit.Admits().Should().BeTrue();

        circuit.Withdraw();

        circuit.Admits().Should().BeTrue("a call that was not made says nothing about the store");
        circuit.Admits().Should().BeFalse();
    }
}
