using Xunit.Abstractions;

namespace HttpCaching.Tests.Interleavings;

/// <summary>
/// Two and three operations at a time, in all orders of their calls to store, origin and clock; where those are too many, in all with few interruptions and in random
/// ones: of three operations 20,000 in all, and as many for each initial state with <c>CACHECONTROL_STRESS=full</c>. <c>CACHECONTROL_SCHEDULES</c> says how many of
/// them for each initial state instead. The seeds are fixed; a schedule that fails prints the seed and itself as a test.
/// </summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private static readonly int RandomSchedules =
        int.TryParse(Environment.GetEnvironmentVariable("CACHECONTROL_SCHEDULES"), out var count) ? count
        : Environment.GetEnvironmentVariable("CACHECONTROL_STRESS") == "full" ? 20_000
        : 4000;

    private const int FirstSeed = 7919;

    public static TheoryData<string> States => [.. Enum.GetNames<Initially>()];

    [Theory]
    [MemberData(nameof(States))]
    public void TwoOperations_AllOrders_KeepThePromises(string state) => OnThread(() =>
    {
        var acts = Enum.GetValues<Act>();
        var pairs = from first in acts from second in acts where first <= second && Scenario.IsRequest(first) select new Scenario(Enum.Parse<Initially>(state), first, second);
        Explore([.. pairs], 100, random: 20 * 91);
    });

    [Theory]
    [MemberData(nameof(States))]
    public void TwoGets_OneInterruptionAndRandomOrders_AskTheOriginOnce(string state) => OnThread(() =>
    {
        var scenario = new Scenario(Enum.Parse<Initially>(state), Act.Get, Act.Get);
        Explorer.All(scenario, 400, preemptions: 1).Failed?.Report().Should().BeNull();
        Explorer.Random(scenario, 400, FirstSeed).Failed?.Report().Should().BeNull();
    });

    [Theory]
    [MemberData(nameof(States))]
    public void ThreeOperations_BoundedAndRandomOrders_KeepThePromises(string state) => OnThread(() =>
    {
        var acts = Enum.GetValues<Act>();
        var triples =
            from first in acts
            from second in acts
            from third in acts
            where first <= second && second <= third && Scenario.IsRequest(second)
            select new Scenario(Enum.Parse<Initially>(state), first, second, third);
        Explore([.. triples], 4, RandomSchedules);
    });

    [Fact]
    public void Schedule_RunAgain_IsTheSame() => OnThread(() =>
    {
        var acts = Enum.GetValues<Act>();
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var scenario = new Scenario(
                (Initially)random.Next(5), (Act)random.Next((int)Act.HalfReadGet + 1), (Act)random.Next((int)Act.HalfReadGet + 1), (Act)random.Next(acts.Length));
            var first = Schedule.Run(scenario, (choices, _) => random.Next(choices.Count));
            var again = Schedule.Replay(scenario, [.. first.Steps.Select(s => s.Index)]);

            again.Trace.Should().Be(first.Trace);
        }
    });

    /// <summary>Runs scenarios.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="most">How many orders of each are run in turn.</param>
    /// <param name="random">How many random ones of all of them together, at least.</param>
    private void Explore(IReadOnlyList<Scenario> scenarios, int most, int random)
    {
        var (schedules, randoms, complete, total, longest) = (0L, 0L, 0, 0, 0);
        var before = Environment.CpuUsage.TotalTime;
        var failed = new List<string>();
        foreach (var scenario in scenarios)
        {
            var all = Explorer.All(scenario, most);
            List<Exploration> runs = [all];
            if (!all.IsComplete && all.Failed is null)
            {
                runs.Add(Explorer.All(scenario, most, preemptions: 2));
                runs.Add(Explorer.Random(scenario, (random + scenarios.Count - 1) / scenarios.Count, FirstSeed + total));
                randoms += runs[^1].Schedules;
            }

            total++;
            complete += all.IsComplete ? 1 : 0;
            schedules += runs.Sum(r => r.Schedules);
            longest = Math.Max(longest, runs.Max(r => r.LongestSteps));
            if (runs.Find(r => r.Failed is not null) is { } fault)
            {
                failed.Add((fault.Seed is { } seed ? $"seed {seed}, schedule {fault.Schedules}: " : string.Empty) + fault.Failed!.Report());
            }
        }

        output.WriteLine($"{total} combinations, {complete} of them in all orders; {schedules} schedules, {randoms} of them random with seeds from {FirstSeed} on, the longest of {longest} steps; {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F1} s of processor time");
        failed.Should().BeEmpty();
    }

    /// <summary>On a thread without a context that continuations would be sent to, and with room for what goes on inline.</summary>
    private static void OnThread(Action work)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception exception)
                {
                    failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(exception);
                }
            },
            maxStackSize: 16 * 1024 * 1024);
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
