using System.Net;
using CacheControl;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows what the cache does for a dozen requests: to an origin in this process, or to a URL that is given.</summary>
public static class Program
{
    // Without a terminal there is no width to ask for; this one keeps every row readable in a log.
    private const int PlainWidth = 160;

    /// <summary>Zero if every step did what it should.</summary>
    /// <param name="args">A URL, or nothing.</param>
    public static async Task<int> Main(string[] args)
    {
        if (args.Length > 1 || (args.Length == 1 && (!Uri.TryCreate(args[0], UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https"))))
        {
            await Console.Error.WriteLineAsync("Usage: QuickStart [http or https URL]");
            return 2;
        }

        return await RunAsync(args.Length == 0 ? null : new Uri(args[0]), Console.Out, Console.IsOutputRedirected);
    }

    /// <summary>Runs the dialogue and writes the report.</summary>
    /// <param name="uri">What to ask for; <see langword="null"/> for an origin of our own.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="isPlain">Whether that is no terminal.</param>
    public static async Task<int> RunAsync(Uri? uri, TextWriter output, bool isPlain)
    {
        var console = ConsoleOn(output, isPlain);
        var time = new AdjustableTime();
        var results = new List<StepResult>();
        if (uri is null)
        {
            await using var origin = await LoopbackOrigin.StartAsync(time);
            await using var conversation = new Conversation(time, Configure);
            console.WriteLine($"Origin: {origin.Address} in this process. Options: StaleIfError = 1 hour, no decompression, so that Accept-Encoding is as shown.");
            console.WriteLine("Time: where a step says \"61 s later\", the clock of cache and origin (a TimeProvider) is moved on; nothing waits.");
            await WarmUpAsync(conversation, origin);
            foreach (var step in new LocalDialogue(conversation, origin, time).Steps())
            {
                results.Add(await conversation.RunAsync(step));
            }
        }
        else
        {
            // The origin's clock can't be moved, so ages must not be computed from its Date once ours has been.
            await using var conversation = new Conversation(time, options => options.IgnoreDateInAge = true);
            console.WriteLine($"Origin: {uri}. Safe methods only; how each step goes depends on what the origin says of caching.");
            console.WriteLine("Time: where a step says \"one day later\", the clock of the cache (a TimeProvider) is moved on; nothing waits.");
            foreach (var step in new RemoteDialogue(conversation.Client, uri, time).Steps())
            {
                results.Add(await conversation.RunAsync(step));
            }
        }

        new Report(console, isPlain).Write(results);
        var isRight = results.All(result => result.Complaints.Count == 0);
        console.WriteLine(isRight ? "Every step did what it should." : "Not every step did what it should.");
        return isRight ? 0 : 1;
    }

    private static void Configure(HttpCacheOptions options)
    {
        options.StaleIfError = TimeSpan.FromHours(1);
        options.AutomaticDecompression = DecompressionMethods.None;
    }

    /// <summary>Unlisted requests, so that the first times shown are not those of the compiler.</summary>
    private static async Task WarmUpAsync(Conversation conversation, LoopbackOrigin origin)
    {
        await conversation.Client.GetByteArrayAsync(new Uri(origin.Address, "/greeting"));
        await conversation.Client.GetByteArrayAsync(new Uri(origin.Address, "/greeting"));
        await conversation.Cache.ClearAsync();
    }

    private static IAnsiConsole ConsoleOn(TextWriter output, bool isPlain)
    {
        if (!isPlain)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = PlainWidth;
        return console;
    }
}
