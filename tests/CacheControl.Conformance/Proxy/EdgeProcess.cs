using System.Collections.Concurrent;
using System.Diagnostics;

namespace HttpCaching.Conformance.Proxy;

/// <summary>samples/EdgeCache in a process of its own, as its users start it, with an empty directory for its store.</summary>
internal sealed class EdgeProcess : ISubject
{
    private readonly DirectoryInfo? folder;
    private readonly ConcurrentQueue<Exception> faults = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;

    private EdgeProcess(Uri origin, string? store, string[] more)
    {
        folder = store is null ? Directory.CreateTempSubdirectory("edge-cache-") : null;
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(dotnet)
        {
            ArgumentList = { typeof(EdgeCache.EdgeServer).Assembly.Location },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (string Name, string Value)[] usual =
        [
            ("--upstream", origin.GetLeftPart(UriPartial.Authority)), ("--urls", "http://127.0.0.1:0"), ("--cache", store ?? folder!.FullName),
        ];
        foreach (var argument in usual.Where(option => !more.Contains(option.Name)).SelectMany(option => new[] { option.Name, option.Value }).Concat(more))
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start) ?? throw new InvalidOperationException("EdgeCache did not start.");
    }

    /// <inheritdoc/>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it logged as an error: an exception that no part of it expected.</summary>
    public IReadOnlyCollection<Exception> Faults => faults;

    /// <summary>What it has printed so far.</summary>
    public string Output => string.Join(Environment.NewLine, lines);

    /// <param name="origin">The upstream.</param>
    /// <param name="store">A directory to keep; null for one that is removed with the process.</param>
    /// <param name="more">More arguments, or others than the usual ones.</param>
    public static async Task<EdgeProcess> StartAsync(Uri origin, string? store = null, params string[] more)
    {
        var edge = new EdgeProcess(origin, store, more);
        try
        {
            await edge.ListenAsync();
            return edge;
        }
        catch
        {
            await edge.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        folder?.Delete(recursive: true);
    }

    private async Task ListenAsync()
    {
        const string Announcement = "Now listening on: ";
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
        {
            // Until all that it has printed is here.
            process.WaitForExit();
            listening.TrySetException(new InvalidOperationException($"EdgeCache ended: {Output}"));
        };
        process.OutputDataReceived += (_, line) => Note(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => Note(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));

        void Note(string line)
        {
            lines.Enqueue(line);
            if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var start)
            {
                listening.TrySetResult(new Uri(line[(start + Announcement.Length)..]));
            }
            else if (line.StartsWith("fail: ", StringComparison.Ordinal) || line.StartsWith("crit: ", StringComparison.Ordinal))
            {
                faults.Enqueue(new InvalidOperationException(line));
            }
        }
    }
}
