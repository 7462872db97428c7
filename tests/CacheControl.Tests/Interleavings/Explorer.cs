namespace HttpCaching.Tests.Interleavings;

/// <summary>Runs a scenario in many orders: all of them where that can be done, else those with few interruptions, and random ones.</summary>
internal static class Explorer
{
    /// <summary>Runs all orders of a scenario, up to a number of them.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="most">How many schedules at most.</param>
    /// <param name="preemptions">How many times an operation that could go on is interrupted at most; null for any number.</param>
    public static Exploration All(Scenario scenario, int most, int? preemptions = null)
    {
        var found = new Exploration(scenario);
        int[]? prefix = [];
        while (prefix is not null && found.Schedules < most && found.Failed is null)
        {
            var taken = 0;
            var path = prefix;
            var schedule = Schedule.Run(scenario, (choices, lane) => taken < path.Length ? path[taken++] : Onward(choices, lane));
            found.Add(schedule);
            prefix = Next(schedule.Steps, preemptions);
        }

        found.IsComplete = prefix is null && preemptions is null && found.Failed is null;
        return found;
    }

    /// <summary>Runs random orders of a scenario.</summary>
    public static Exploration Random(Scenario scenario, int count, int seed)
    {
        var found = new Exploration(scenario) { Seed = seed };
        var random = new Random(seed);
        while (found.Schedules < count && found.Failed is null)
        {
            // Some schedules stay with an operation for long, others change all the time.
            var staying = random.NextDouble();
            found.Add(Schedule.Run(scenario, (choices, lane) => random.NextDouble() < staying ? Onward(choices, lane) : random.Next(choices.Count)));
        }

        return found;
    }

    /// <summary>The choice that lets whoever was at work go on.</summary>
    private static int Onward(IReadOnlyList<Choice> choices, int lane)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            if (choices[i].Lane == lane)
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>The beginning of the schedule that comes after the one with these steps, depth first; null if it was the last one.</summary>
    private static int[]? Next(IReadOnlyList<Step> steps, int? preemptions)
    {
        for (var depth = steps.Count - 1; depth >= 0; depth--)
        {
            var step = steps[depth];
            var onward = Array.IndexOf(step.Lanes, step.Before) is >= 0 and var own ? own : 0;
            var used = preemptions is null ? 0 : steps.Take(depth).Count(s => s.Preempts(s.Index));

            // The onward choice was tried first; then the others in their order.
            var order = Enumerable.Range(0, step.Lanes.Length).Where(i => i != onward).Prepend(onward).ToArray();
            foreach (var index in order.Skip(Array.IndexOf(order, step.Index) + 1))
            {
                if (preemptions is null || used + (step.Preempts(index) ? 1 : 0) <= preemptions)
                {
                    return [.. steps.Take(depth).Select(s => s.Index), index];
                }
            }
        }

        return null;
    }
}

/// <summary>What came of running a scenario many times.</summary>
internal sealed class Exploration(Scenario scenario)
{
    public Scenario Scenario => scenario;

    /// <summary>What the random orders come from; null if they are not random.</summary>
    public int? Seed { get; init; }

    public int Schedules { get; private set; }

    public int LongestSteps { get; private set; }

    /// <summary>Whether every order was run.</summary>
    public bool IsComplete { get; set; }

    /// <summary>The first schedule with a fault.</summary>
    public Schedule? Failed { get; private set; }

    public void Add(Schedule schedule)
    {
        Schedules++;
        LongestSteps = Math.Max(LongestSteps, schedule.Steps.Count);
        Failed ??= schedule.Faults.Count > 0 ? schedule : null;
    }
}
