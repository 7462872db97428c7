using System.Diagnostics;
using System.Text.Json;
using HttpCaching.Conformance.Suite;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>What the two engines did with one exchange, and the directives that each read in its first answer.</summary>
public sealed record Testimony(int N, EngineDone Semantics, EngineDone Undici);

/// <summary>What an engine did.</summary>
public sealed record EngineDone
{
    public bool Stored { get; init; }

    public double? Ttl { get; init; }

    public Conditions? Asked { get; init; }

    public bool Background { get; init; }

    public required Got Got { get; init; }

    public Got? Third { get; init; }

    public Dictionary<string, JsonElement> Parsed { get; init; } = [];
}

/// <summary>A Node process with http-cache-semantics and undici in it, to which exchanges are written and which writes what each engine did.</summary>
internal sealed class WitnessProcess : IDisposable
{
    public const string Semantics = "4.3.0";
    public const string Undici = "7.30.2";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WitnessProcess(string folder)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "witness.mjs");
        _process = Process.Start(ChildProcess.Describe(Tooling.Node!, folder, script, folder)) ?? throw new InvalidOperationException("Node.js did not start.");
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Installs the engines if they are not there, and starts the process.</summary>
    public static async Task<WitnessProcess> StartAsync()
    {
        var folder = Path.Combine(Tooling.Artifacts, $"witnesses-{Semantics}-{Undici}");
        if (!Directory.Exists(folder))
        {
            var staging = Path.Combine(Tooling.Artifacts, $"install-{Guid.NewGuid():N}");
            Directory.CreateDirectory(staging);
            await File.WriteAllTextAsync(Path.Combine(staging, "package.json"), """{ "private": true }""");
            await ChildProcess.RunAsync(
                ChildProcess.Describe(
                    Tooling.Npm!, staging, "install", $"http-cache-semantics@{Semantics}", $"undici@{Undici}", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"),
                TimeSpan.FromMinutes(3));
            try
            {
                Directory.Move(staging, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return new WitnessProcess(folder);
    }

    /// <summary>Asks for all exchanges; what was done with each comes in their order.</summary>
    public async IAsyncEnumerable<(Scripted Exchange, Testimony Testimony)> AskAsync(IEnumerable<Scripted> exchanges)
    {
        // Written in batches that the pipe holds, so that neither side waits for the other for long.
        foreach (var batch in exchanges.Chunk(500))
        {
            var writing = WriteAsync(batch);
            foreach (var exchange in batch)
            {
                var line = await _process.StandardOutput.ReadLineAsync()
                    ?? throw new InvalidOperationException($"The witnesses ended early, at exchange {exchange.N}: {await _errors}");
                yield return (exchange, JsonSerializer.Deserialize<Testimony>(line, Json)!);
            }

            await writing;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task WriteAsync(Scripted[] batch)
    {
        foreach (var exchange in batch)
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(exchange, Json));
        }

        await _process.StandardInput.FlushAsync();
    }
}
