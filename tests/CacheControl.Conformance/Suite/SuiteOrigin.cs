using System.Collections.Concurrent;
using System.Diagnostics;

namespace HttpCaching.Conformance.Suite;

/// <summary>The suite's origin server, on a free port of the loopback interface.</summary>
internal sealed class SuiteOrigin : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private SuiteOrigin(Process process) => this.process = process;

    public Uri Address { get; private set; } = null!;

    public static async Task<SuiteOrigin> StartAsync(SuiteFolder suite)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "origin.mjs");
        var start = ChildProcess.Describe(Tooling.Node!, suite.Root, script, suite.Server);
        start.Environment["npm_config_protocol"] = "http";
        start.Environment["npm_config_port"] = "0";
        start.Environment["npm_config_pidfile"] = Path.Combine(Tooling.Artifacts, "origin.pid");

        var origin = new SuiteOrigin(Process.Start(start) ?? throw new InvalidOperationException("The origin server did not start."));
        await origin.ListenAsync();
        return origin;
    }

    /// <summary>Takes what the origin has logged since the last call; it logs only the tests that are run alone.</summary>
    public string TakeLog()
    {
        var log = new List<string>();
        while (lines.TryDequeue(out var line))
        {
            log.Add(line);
        }

        return string.Join(Environment.NewLine, log);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task ListenAsync()
    {
        const string Announcement = "Listening on ";
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The origin server ended: {TakeLog()}"));
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Announcement, StringComparison.Ordinal) == true)
            {
                listening.TrySetResult(new Uri(line.Data[Announcement.Length..]));
            }
            else if (line.Data is not null)
            {
                lines.Enqueue(line.Data);
            }
        };
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
