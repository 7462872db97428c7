using BenchmarkDotNet.Running;
using CacheControl.Benchmarks.Quick;

if (args.Contains("--quick"))
{
    QuickReport.Print(Console.Out, args.Contains("--long") ? 61 : 21, args);
    return;
}

if (args.Contains("--parts"))
{
    PartsReport.Print(Console.Out, 21);
    return;
}

if (args.Contains("--redis"))
{
    await RedisReport.PrintAsync(Console.Out, 21);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
