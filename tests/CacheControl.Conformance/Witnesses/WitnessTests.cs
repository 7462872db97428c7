using System.Globalization;
using Xunit.Abstractions;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>
/// This cache beside http-cache-semantics and undici's cache interceptor over generated exchanges. Each kind of difference is a row of <c>differences.tsv</c>; any other fails,
/// with the exchange. A row never excuses this cache: it has to do in each exchange what the plain model reads in the RFCs.
/// </summary>
public sealed class WitnessTests(ITestOutputHelper output)
{
    private const int MostPrinted = 5;

    [SuiteFact]
    public async Task Exchanges_BesideTwoEngines_DifferInKnownWaysOnly()
    {
        if (Tooling.Missing is { } missing)
        {
            throw new InvalidOperationException(missing);
        }

        var count = Number("CACHECONTROL_WITNESS_EXCHANGES", 100_000);
        var seed = Number("CACHECONTROL_WITNESS_SEED", 1);
        var only = Number("CACHECONTROL_WITNESS_ONLY", -1);
        output.WriteLine($"CACHECONTROL_WITNESS_SEED={seed}, {count} exchanges");
        var numbers = only >= 0 ? [only] : Enumerable.Range(0, count);
        var gen = new ScriptedGen(seed);
        var explained = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new List<string>();
        using var witness = await WitnessProcess.StartAsync();
        using var own = new OwnSide();
        await foreach (var (exchange, testimony) in witness.AskAsync(numbers.Select(gen.Make)))
        {
            var ours = await own.DoAsync(exchange);
            var fault = new Expected(exchange).Fault(ours);
            if (fault is not null)
            {
                unexplained.Add($"this cache, {fault}\n{Name(seed, exchange)}");
            }

            foreach (var (engine, theirs) in new[] { (Table.Hcs, testimony.Semantics), (Table.Undici, testimony.Undici) })
            {
                if (Comparison.Of(exchange, ours, theirs) is not { } difference)
                {
                    continue;
                }

                if (Table.Find(engine, exchange, ours, theirs, difference) is { } row)
                {
                    explained[row.Id] = explained.GetValueOrDefault(row.Id) + 1;
                    continue;
                }

                unexplained.Add($"{difference.Kind}: this cache {difference.Ours}, {engine} {difference.Theirs}\n{Name(seed, exchange)}");
            }
        }

        foreach (var (id, times) in explained)
        {
            output.WriteLine($"{times,7} {id}");
        }

        unexplained.Should().BeEmpty("each difference has a row and is no fault of this cache; {0} have none:\n{1}\n", unexplained.Count, string.Join('\n', unexplained.Take(MostPrinted)));
    }

    [Fact]
    public void Table_EachRow_IsRecognisedAndDescribed()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Witnesses", "differences.tsv")).Skip(1).Select(l => l.Split('\t')).ToArray();

        lines.Should().OnlyContain(l => l.Length == 6 && l.All(c => c.Length > 0));
        lines.Select(l => (l[0], l[1])).Should().BeEquivalentTo(Table.Rows.Select(r => (r.Id, r.Engine)));
        lines.Select(l => l[4]).Should().OnlyContain(right => right == "this cache" || right == "both" || right == "engine");
    }

    private static string Name(int seed, Scripted exchange) => $"CACHECONTROL_WITNESS_SEED={seed} CACHECONTROL_WITNESS_ONLY={exchange.N}: {exchange}";

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
