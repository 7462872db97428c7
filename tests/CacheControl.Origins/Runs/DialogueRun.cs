using System.Collections.Concurrent;
using HttpCaching.Origins.Dialogue;
using HttpCaching.Origins.Scenes;
using HttpCaching.Origins.Servers;
using HttpCaching.Origins.SetUps;
using HttpCaching.Origins.Site;

namespace HttpCaching.Origins.Runs;

/// <summary>The whole dialogue with one server: once for all tests that look at it.</summary>
internal static class DialogueRun
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<SetUpResult>>>> Started = new();

    // A dialogue waits much for its server: several at once keep the processors busy.
    private static readonly SemaphoreSlim Turns = new(3);

    public static Task<IReadOnlyList<SetUpResult>> OfAsync(ServerPlan plan) =>
        Started.GetOrAdd(plan.Name, _ => new Lazy<Task<IReadOnlyList<SetUpResult>>>(() => Task.Run(() => PlayAsync(plan)))).Value;

    private static async Task<IReadOnlyList<SetUpResult>> PlayAsync(ServerPlan plan)
    {
        await Turns.WaitAsync();
        try
        {
            await using var server = await OriginServer.StartAsync(plan);
            var casts = SetUp.All.Where(setUp => setUp.Allows(plan.Secure)).Select((setUp, number) => new Cast(setUp, server, number)).ToList();
            try
            {
                await Task.WhenAll(casts.Select(cast => cast.PlayAllAsync()));
                foreach (var scene in Scene.OfTheServer)
                {
                    var interruptions = new Interruptions(server, casts.Count);
                    await Task.WhenAll(casts.Select(cast => cast.PlayAsync(scene, interruptions.ArriveAsync)));
                }

                IReadOnlyList<SetUpResult> results = [.. casts.Select(cast => cast.Result)];
                await WriteAsync(plan, results);
                return results;
            }
            finally
            {
                casts.ForEach(cast => cast.Dispose());
            }
        }
        finally
        {
            Turns.Release();
        }
    }

    /// <summary>Writes all that differed to a file, to be read where a test fails.</summary>
    private static async Task WriteAsync(ServerPlan plan, IReadOnlyList<SetUpResult> results)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Tooling.Artifacts, "differences")).FullName;
        var name = string.Concat(plan.Name.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '.'));
        await File.WriteAllLinesAsync(
            Path.Combine(folder, name + ".txt"),
            results.SelectMany(result => result.Divergences.Select(divergence => $"{result.SetUp.Name} | {divergence}")));
    }

    /// <summary>The clients and the files of one set-up.</summary>
    private sealed class Cast(SetUp setUp, OriginServer server, int number) : IDisposable
    {
        private readonly Clients _clients = setUp.Create(server.Address, server.Plan.Secure);
        private readonly SiteFolder _site = new(server.Site, $"s{number}");

        public SetUpResult Result { get; } = new(setUp);

        public async Task PlayAllAsync()
        {
            foreach (var scene in Scene.All.Where(scene => !server.Plan.Without.ContainsKey(scene.Name)))
            {
                await PlayAsync(scene, _ => Task.CompletedTask);
            }
        }

        public async Task PlayAsync(Scene scene, Func<string, Task> interruption)
        {
            var stage = new Stage(server, _clients, _site, scene.Name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal)) { Interruption = interruption };
            await scene.Play(stage);
            Result.Add(scene.Name, stage);
        }

        public void Dispose() => _clients.Dispose();
    }
}
