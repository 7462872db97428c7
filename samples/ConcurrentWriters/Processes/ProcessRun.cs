using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ConcurrentWriters.Processes;

/// <summary>
/// The defect in its first form: package installers run side by side on one cache directory, some of a version that accepts zstd and some of
/// one that doesn't, while the index changes. A cache that looks a second time when the 304 comes finds what another installer has put there.
/// </summary>
internal sealed class ProcessRun
{
    private static readonly string[] AcceptEncodings = ["zstd, gzip", "gzip", "gzip, deflate", string.Empty];

    /// <summary>How many installers.</summary>
    public required int Processes { get; init; }

    /// <summary>How long they run.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many requests they send at least, all together.</summary>
    public required int LeastRequests { get; init; }

    /// <summary>The cache directory; null for a temporary one.</summary>
    public required string? Directory { get; init; }

    /// <summary>Runs, prints a table, and gives whether every answer of every installer was right.</summary>
    public async Task<bool> RunAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        var directory = Directory ?? System.IO.Directory.CreateTempSubdirectory("package cache ").FullName;
        try
        {
            await using var origin = await PackageOrigin.StartAsync(cancellationToken);
            console.WriteLine($"{Processes} package installers, one cache directory, {PackagePage.Packages} pages that change; for {Duration.TotalSeconds} seconds.");
            var installers = Enumerable.Range(0, Processes).Select(i => AcceptEncodings[i % AcceptEncodings.Length]).ToArray();
            var results = await Task.WhenAll(installers.Select(accepted => StartAsync(directory, origin.Address, accepted, cancellationToken)));
            Print(console, installers, results);
            var requests = results.Sum(result => result.Requests);
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{requests} requests, of which {origin.Requests} reached the origin, which answered {origin.NotModified} with 304."));
            var isRight = results.All(result => result.Wrong == 0) && requests >= Math.Max(1, LeastRequests) && origin.NotModified > 0;
            console.WriteLine(isRight ? "Every installer got a 200 with the right body, every time." : "Something went wrong: see above.");
            return isRight;
        }
        finally
        {
            if (Directory is null)
            {
                System.IO.Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static void Print(IAnsiConsole console, string[] installers, InstallerResult[] results)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
        table.AddColumns("Accept-Encoding", "requests", "hits", "validated", "bare 304", "wrong status", "mixed", "wrong body", "exceptions", "store faults");
        for (var i = 0; i < results.Length; i++)
        {
            var result = results[i];
            long[] counts =
            [
                result.Requests, result.Hits, result.Validated, result.Of(PackageVerdict.BareNotModified), result.Of(PackageVerdict.WrongStatus),
                result.Of(PackageVerdict.MixedHeadAndBody), result.Of(PackageVerdict.WrongBody), result.Exceptions, result.StoreFaults,
            ];
            table.AddRow([installers[i].Length == 0 ? "-" : installers[i], .. counts.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
        }

        console.Write(table);
        foreach (var fault in results.SelectMany(result => result.Faults))
        {
            console.WriteLine(fault);
        }
    }

    private async Task<InstallerResult> StartAsync(string directory, Uri origin, string accepted, CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartOf(
            "installer", directory, origin.ToString(), accepted, Text(Duration.TotalSeconds), Text(Math.Ceiling((double)LeastRequests / Processes))))!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<InstallerResult>(output)!
                : new InstallerResult { Requests = 1, Exceptions = 1, Faults = [$"ended with {process.ExitCode}: {await error}"] };
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>How this program is started once more: by itself, or by the runtime that runs it.</summary>
    private static ProcessStartInfo StartOf(params string[] arguments)
    {
        var assembly = typeof(ProcessRun).Assembly;
        var self = Environment.ProcessPath!;
        var isOwnHost = Path.GetFileNameWithoutExtension(self) == assembly.GetName().Name;
        return new ProcessStartInfo(self, isOwnHost ? arguments : [assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
