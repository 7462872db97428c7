using System.CommandLine;
using ConcurrentWriters.Processes;
using Spectre.Console;

namespace ConcurrentWriters;

/// <summary>Many writers on one cache: in one process, held at every step of the way; or as many processes on one directory.</summary>
public static class Program
{
    private const int DefaultProcesses = 4;
    private const int DefaultSeconds = 15;

    /// <summary>Zero if every answer was right.</summary>
    /// <param name="args">See <c>--help</c>.</param>
    public static Task<int> Main(string[] args)
    {
        var processes = new Option<int?>("--processes")
        {
            Description = $"Starts this many package installers as processes of their own on one cache directory; {DefaultProcesses} without a number.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var seconds = new Option<int>("--seconds") { Description = "How long the processes run.", DefaultValueFactory = _ => DefaultSeconds };
        var requests = new Option<int>("--requests") { Description = "How many requests they send at least, all together; within four times the seconds." };
        var directory = new Option<DirectoryInfo?>("--directory") { Description = "The cache directory; a temporary one by default." };
        AtLeast(processes, 1);
        AtLeast(seconds, 1);
        AtLeast(requests, 0);

        var root = new RootCommand("Many writers on one cache. Without options: two clients in one process, held at every step of a validation.")
        {
            processes, seconds, requests, directory, Installer.Command(),
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var console = ConsoleOfWidth(150);
            if (parsed.GetResult(processes) is null)
            {
                return await RaceTable.RunAsync(console) ? 0 : 1;
            }

            var run = new ProcessRun
            {
                Processes = parsed.GetValue(processes) ?? DefaultProcesses,
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                LeastRequests = parsed.GetValue(requests),
                Directory = parsed.GetValue(directory)?.FullName,
            };
            return await run.RunAsync(console, cancellationToken) ? 0 : 1;
        });
        return root.Parse(args).InvokeAsync();
    }

    private static void AtLeast<T>(Option<T> option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value < least)
        {
            result.AddError($"{option.Name} is {value}: give at least {least}.");
        }
    });

    private static IAnsiConsole ConsoleOfWidth(int redirectedWidth)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = redirectedWidth;
        }

        return console;
    }
}
