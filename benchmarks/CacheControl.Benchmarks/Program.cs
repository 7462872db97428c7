using BenchmarkDotNet.Running;
using CacheControl.Benchmarks.Quick;

if (args.Contains(BodyServer.Argument))
{
    BodyServer.Run();
    return;
}

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

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
