using HttpCaching.Origins.Servers;

namespace HttpCaching.Origins.Dialogue;

/// <summary>Waits until every set-up is in the middle of its download, then kills or stops the server, and starts it again.</summary>
internal sealed class Interruptions(OriginServer server, int setUps)
{
    public const string Killed = "killed";
    public const string Stopped = "stopped";

    private readonly Lock _gate = new();
    private int _arrived;
    private TaskCompletionSource _done = New();

    public async Task ArriveAsync(string kind)
    {
        TaskCompletionSource done;
        bool last;
        lock (_gate)
        {
            done = _done;
            last = ++_arrived == setUps;
            if (last)
            {
                (_arrived, _done) = (0, New());
            }
        }

        if (!last)
        {
            await done.Task;
            return;
        }

        try
        {
            await (kind == Killed ? server.KillAsync() : server.StopAsync());
            await server.StartAgainAsync();
            done.SetResult();
        }
        catch (Exception exception)
        {
            done.SetException(exception);
            throw;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
