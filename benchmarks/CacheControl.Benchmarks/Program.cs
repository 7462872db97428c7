using BenchmarkDotNet.Running;
using HttpCaching.Benchmarks.Curves;
using HttpCaching.Benchmarks.Edge;
using HttpCaching.Benchmarks.Quick;
using HttpCaching.Benchmarks.Ratios;
using HttpCaching.Benchmarks.Stores;

if (args.Contains(BodyServer.Argument))
{
    BodyServer.Run();
    return;
}

if (args is [StartReport.WorkerArgument, var kind])
{
    StartReport.Work(kind);
    return;
}

if (args.Contains("--ratios"))
{
    var isShort = args.Contains("--short");
    var rounds = isShort ? 11 : args.Contains("--long") ? 61 : 21;
    var table = new RatioTable(Console.Out, rounds);
    new RatioReport(table, rounds).Measure(args, isShort);
    Environment.ExitCode = (args.Contains("--check") && !table.Check()) || (args.Contains("--kept") && !table.CheckKept()) ? 1 : 0;
    return;
}

if (args.Contains(EdgeReport.Argument))
{
    await EdgeReport.PrintAsync(Console.Out, rounds: args.Contains("--short") ? 3 : 9, [.. args.Where(arg => arg.EndsWith(".dll", StringComparison.Ordinal))]).ConfigureAwait(false);
    return;
}

if (args.Contains(EdgeReport.ServedArgument))
{
    await EdgeReport.PrintServedAsync(Console.Out, rounds: args.Contains("--short") ? 3 : 9).ConfigureAwait(false);
    return;
}

if (args.Contains(CurvesReport.Argument))
{
    CurvesReport.Print(Console.Out, args.Contains("--long") ? 61 : 21, args.Contains("--short") ? 10_000 : 1_000_000);
    return;
}

if (args.Contains(CurvesReport.PausesArgument))
{
    PausesReport.Print(Console.Out, TimeSpan.FromSeconds(args.Contains("--short") ? 20 : 600));
    return;
}

if (args.Contains("--parts"))
{
    PartsReport.Print(Console.Out, 21);
    return;
}

if (args is [ProcessesReport.WorkerArgument, var directory, var operation])
{
    await ProcessesReport.WorkAsync(directory, operation).ConfigureAwait(false);
    return;
}

if (args.Contains("--stores"))
{
    StoresReport.Print(Console.Out, args);
    return;
}

if (args.Contains("--sqlite"))
{
    SqliteReport.Print(Console.Out, args.Contains("--long") ? 61 : 21, args.Contains("--long") ? 1_000_000 : 100_000);
    return;
}

if (args.Contains("--redis"))
{
    await RedisReport.PrintAsync(Console.Out, 21);
    return;
}

if (args.Contains("--scale"))
{
    await ScaleReport.PrintAsync(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
