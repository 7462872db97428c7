using System.Net;
using HttpCaching;
using Spectre.Console;

namespace QuickStart;

/// <summary>Shows what the cache does for a dozen requests: to an origin in this process, or to a URL that is given.</summary>
public static class Program
{
    // Without a terminal there is no width to ask for; this one keeps every row readable in a log.
    private const int PlainWidth = 100;

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
            console.WriteLine($"An origin in this process, {LoopbackOrigin.Delay.TotalMilliseconds:N0} ms away. StaleIfError = 1 hour.");
            console.WriteLine("\"61 s later\" moves the clock of cache and origin on; nothing waits.");
            await WarmUpAsync(conversation, origin);
            foreach (var step in new LocalDialogue(conversation, origin, time).Steps())
            {
                results.Add(await conversation.RunAsync(step));
            }
        }
        else
        {
            // The origin's clock can't be moved, so ages must not be computed from its Date once ours has been.
            await using var conversation = new Conversation(time, options => options.Freshness.IgnoreDateInAge = true);
            console.WriteLine($"Origin: {uri}. What happens is up to what it says of caching.");
            console.WriteLine("\"One day later\" moves the clock of the cache on; nothing waits.");
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

    /// <summary>Unlisted requests of each kind, to an origin that is near, so that the times shown are not those of the compiler.</summary>
    private static async Task WarmUpAsync(Conversation conversation, LoopbackOrigin origin)
    {
        origin.IsFar = false;
        foreach (var (mode, range) in new[] { (HttpCacheMode.Default, false), (HttpCacheMode.Default, false), (HttpCacheMode.NoCache, false), (HttpCacheMode.Default, true) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(origin.Address, "/article")).WithCache(mode);
            request.Headers.Range = range ? new(0, 9) : null;
            using var response = await conversation.Client.SendAsync(request);
        }

        await conversation.Cache.ClearAsync();
        origin.IsFar = true;
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
