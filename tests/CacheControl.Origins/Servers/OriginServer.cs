namespace HttpCaching.Origins.Servers;

/// <summary>A running server with its site.</summary>
internal sealed class OriginServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ServerFolder _folder;
    private readonly List<ServerProcess> _processes = [];
    private IReadOnlyList<Launch> _launches = [];

    private OriginServer(ServerPlan plan, ServerFolder folder) => (Plan, _folder) = (plan, folder);

    public ServerPlan Plan { get; }

    public string Site => _folder.Site;

    public string Root => _folder.Root;

    /// <summary>Where clients find the server.</summary>
    public Uri Address => new($"{(Plan.Secure ? "https" : "http")}://127.0.0.1:{_launches[^1].Port}/");

    public static async Task<OriginServer> StartAsync(ServerPlan plan)
    {
        // A port that was free may be taken by the time the server binds it.
        for (var attempt = 1; ; attempt++)
        {
            var server = new OriginServer(plan, new ServerFolder());
            try
            {
                server._launches = await plan.Prepare(server._folder);
                foreach (var launch in server._launches)
                {
                    server._processes.Add(await server.LaunchAsync(launch));
                }

                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Kills the server that clients speak to, wherever it is.</summary>
    public Task KillAsync() => _processes[^1].KillAsync();

    /// <summary>Stops the server that clients speak to, as an init system does.</summary>
    public Task StopAsync() => _processes[^1].StopAsync();

    /// <summary>Starts the server again that was killed or stopped, on its old port.</summary>
    public async Task StartAgainAsync()
    {
        _processes[^1].Dispose();
        _processes.RemoveAt(_processes.Count - 1);
        if (_launches[^1].Leftover is { } leftover)
        {
            File.Delete(leftover);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _processes.Add(await LaunchAsync(_launches[^1]));
                return;
            }
            catch (InvalidOperationException) when (attempt < 50)
            {
                // A child of the killed server may still hold the port.
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ServerProcess> LaunchAsync(Launch launch)
    {
        var process = await ServerProcess.StartAsync(launch.Command, _folder.Root, launch.Environment);
        using var limit = new CancellationTokenSource(StartLimit);
        while (!process.HasExited && !limit.IsCancellationRequested)
        {
            if (await AnswersAsync(launch))
            {
                return process;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        var output = process.Output;
        process.Dispose();
        throw new InvalidOperationException($"{Plan.Name} is not ready: {string.Join(' ', launch.Command)}\n{output}");
    }

    /// <summary>Whether the server answers: some bind their port before they have read all of their configuration.</summary>
    private async Task<bool> AnswersAsync(Launch launch)
    {
        var secure = Plan.Secure && launch == _launches[^1];
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        try
        {
            using var response = await client.GetAsync($"{(secure ? "https" : "http")}://127.0.0.1:{launch.Port}/");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
