using System.Globalization;

namespace HttpCaching.Tests.Interleavings;

/// <summary>One way through a scenario: at each step one of the gates that somebody waits at is opened, until nobody waits any more.</summary>
internal sealed class Schedule
{
    private const int MostSteps = 500;

    private readonly Scenario _scenario;
    private readonly World _world;
    private readonly List<Operation> _operations;
    private readonly List<Step> _steps = [];
    private bool _isTimeUp;

    private Schedule(Scenario scenario)
    {
        _scenario = scenario;
        _world = new World(scenario);
        _operations = [.. scenario.Acts.Select((act, i) => new Operation(i + 1, act, _world))];
    }

    /// <summary>The steps taken.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>What was found wrong; empty if all is well.</summary>
    public IReadOnlyList<string> Faults => _world.Faults;

    /// <summary>The steps and what the callers saw, as text: the same for the same choices.</summary>
    public string Trace => string.Join('\n', _steps.Select(s => s.Name).Concat(_operations.Select(o => $"{o.Lane} {o.Act}: {o.Seen}")));

    /// <summary>Runs a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="choose">Which of the choices to take: gets them and the lane of the step before.</param>
    public static Schedule Run(Scenario scenario, Func<IReadOnlyList<Choice>, int, int> choose)
    {
        var schedule = new Schedule(scenario);
        using (schedule._world)
        {
            schedule.Run(choose);
        }

        return schedule;
    }

    /// <summary>Runs one schedule again and throws if it finds a fault: what a schedule that failed prints, as a test.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="choices">The choices, one for each step; the first one where none is given.</param>
    public static Schedule Replay(Scenario scenario, int[] choices)
    {
        var taken = 0;
        var schedule = Run(scenario, (all, _) => taken < choices.Length ? Math.Min(choices[taken++], all.Count - 1) : 0);
        schedule.Faults.Should().BeEmpty(schedule.Trace);
        return schedule;
    }

    /// <summary>The faults, the trace, and the line that runs it again.</summary>
    public string Report() =>
        $"{_scenario}\n{string.Join('\n', Faults)}\n{Trace}\n{_scenario.Replay(_steps.Select(s => s.Index))}";

    private void Run(Func<IReadOnlyList<Choice>, int, int> choose)
    {
        _world.Prepare();
        var before = _world.Origin.Requests;
        _world.Gates.AreOpen = false;
        _operations.ForEach(o => o.Start());
        var lane = 0;
        while (true)
        {
            var choices = Choices();
            if (choices.Count == 0)
            {
                if (!_world.Store.Hangs)
                {
                    break;
                }

                _world.Store.LetGo();
                continue;
            }

            var index = choose(choices, lane);
            var choice = choices[index];
            _steps.Add(new Step(index, [.. choices.Select(c => c.Lane)], choice.Name, lane));
            lane = choice.Lane;
            choice.Take();
            _world.Observe();
            if (_steps.Count >= MostSteps)
            {
                _world.Faults.Add($"it goes on after {MostSteps} steps");
                break;
            }
        }

        Judge(_world.Origin.Requests - before);
    }

    private List<Choice> Choices()
    {
        List<Choice> choices = [.. _world.Gates.Waiting.Select(p =>
            new Choice(p.Lane, string.Create(CultureInfo.InvariantCulture, $"{p.Lane} {p.What}"), () => _world.Gates.Open(p)))];
        foreach (var operation in _operations)
        {
            if (operation is { Act: Act.CancelledGet, HasBegun: true, Done.IsCompleted: false, Patience.IsCancellationRequested: false })
            {
                choices.Add(new Choice(operation.Lane, $"{operation.Lane} gives up", operation.Patience.Cancel));
            }
        }

        if (_world.Store.Hangs && !_isTimeUp)
        {
            choices.Add(new Choice(0, "the store's time is up", () =>
            {
                _isTimeUp = true;
                _world.Time.Advance(TimeSpan.FromSeconds(3));
            }));
        }

        return choices;
    }

    private void Judge(int requests)
    {
        foreach (var operation in _operations)
        {
            Require(operation.Done.IsCompleted, $"{operation.Lane} ({operation.Act}) waits for ever");
            Require(operation.Failure is null || MayFail(operation), $"{operation.Lane} ({operation.Act}) failed: {operation.Failure}");
            Require(!operation.Seen.StartsWith("50", StringComparison.Ordinal) || _world.Origin.Failures > 0, $"{operation.Lane} ({operation.Act}) saw {operation.Seen}");
        }

        Require(requests <= MostRequests(), $"{requests} requests reached the origin, not {MostRequests()}");
        Probe();
        var (flights, background) = (_world.Cache.Controller.Flights, _world.Cache.Controller.Background);
        Require(flights.Count == 0, "a flight is still listed");
        Require(flights.Spools.Budget.Used == 0, $"{flights.Spools.Budget.Used} spooled bytes are still counted");
        Require(background.WhenIdleAsync().IsCompleted, "work in the background goes on");
        Require(_world.Cache.Controller.WhenStoredAsync().IsCompleted, "work on the store goes on");
        foreach (var (what, count) in _world.Store.Leases)
        {
            Require(count == 0, $"{count} times a {what} was not given back");
        }

        _world.Store.Misuses.ForEach(_world.Faults.Add);
        Require(_world.Origin.LostConnections == 0, $"{_world.Origin.LostConnections} connections are lost");
        Require(_world.Origin.Collisions == 0, $"{_world.Origin.Collisions} times a connection was let go, or read from, by two at a time");
    }

    /// <summary>Sees what is stored in the end: nothing may stand there that the operations should not have left.</summary>
    private void Probe()
    {
        _world.Gates.AreOpen = true;
        _world.Origin.FailsNext = null;
        (_world.Store.FailsNext, _world.Store.HangsNext) = (false, false);
        var probe = new Operation(_operations.Count + 1, Act.Get, _world);
        probe.Start();
        Require(probe.Done.IsCompleted, "the request after all others does not end");
        Require(probe.Failure is null, $"the request after all others failed: {probe.Failure}");
        Require(probe.Seen.StartsWith("200", StringComparison.Ordinal), $"the request after all others saw {probe.Seen}");
    }

    private bool MayFail(Operation operation) => operation.Failure switch
    {
        OperationCanceledException => operation.Patience.IsCancellationRequested,
        HttpRequestException or HttpIOException => _world.Origin.Failures > 0,
        IOException => operation.Act == Act.Clear && _scenario.Acts.Any(a => a is Act.StoreFault or Act.StoreHang),
        _ => false,
    };

    /// <summary>How many requests the origin may see: one for all that want the same and are not disturbed, and never more than there are callers.</summary>
    private int MostRequests()
    {
        if (_scenario.Acts.All(a => a == Act.Get))
        {
            return _scenario.State == Initially.Fresh ? 0 : 1;
        }

        // An error may be the answer to the cache's own Range for the rest of a part, and then the request goes out once more without it.
        var resent = _scenario.Acts.Contains(Act.HalfReadGet) ? _scenario.Acts.Count(a => a == Act.OriginError) : 0;
        var all = _scenario.Requests.Count();
        return (_scenario.State == Initially.StaleWhileRevalidate ? 2 * all : all) + resent;
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            _world.Faults.Add(otherwise);
        }
    }
}

/// <summary>A gate that may be opened, or something else that may happen now.</summary>
internal sealed record Choice(int Lane, string Name, Action Take);

/// <summary>A choice that was made.</summary>
/// <param name="Index">Which one.</param>
/// <param name="Lanes">The lanes of all that could have been chosen.</param>
/// <param name="Name">What happened.</param>
/// <param name="Before">The lane of the step before.</param>
internal sealed record Step(int Index, int[] Lanes, string Name, int Before)
{
    /// <summary>Whether taking this choice interrupts an operation that could have gone on.</summary>
    public bool Preempts(int index) => Lanes[index] != Before && Lanes.Contains(Before);
}
