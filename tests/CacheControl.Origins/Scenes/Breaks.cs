using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>Downloads that don't end: the caller leaves, the file is replaced, the server goes away.</summary>
internal static class Breaks
{
    private const int Long = 1_100_000;

    private const int Middling = 2_000_000;

    // More than the sockets of both sides hold.
    private const int VeryLong = 12_000_000;

    private static readonly string?[] Codings = [null, "gzip", "gzip, deflate, br"];

    public static async Task PlayLeftAsync(Stage stage)
    {
        foreach (var name in new[] { "long.txt", "picture.bin" })
        {
            foreach (var coding in name == "long.txt" ? Codings : [null])
            {
                foreach (var after in new[] { 1, 90_000 })
                {
                    var file = $"{after}-{coding?.Length}-{name}";
                    var ask = Ask.Get(stage.Publish(file, length: Long)).With("Accept-Encoding", coding);
                    await stage.LeaveAsync(ask, after);
                    await stage.PlayAsync(ask);
                    await stage.PlayAsync(ask);
                    stage.Expire();
                    await stage.PlayAsync(ask);
                }
            }
        }

        // Left, and another one by the time of the next request; and left twice.
        var changed = Ask.Get(stage.Publish("changed.bin", length: Long));
        await stage.LeaveAsync(changed, 90_000);
        await stage.ChangeAsync("changed.bin", length: Long);
        await stage.PlayAsync(changed);
        await stage.PlayAsync(changed);
        var twice = Ask.Get(stage.Publish("twice.bin", length: Long));
        await stage.LeaveAsync(twice, 90_000);
        await stage.LeaveAsync(twice, 500_000);
        await stage.PlayAsync(twice);
        await stage.PlayAsync(twice);
    }

    public static async Task PlayReplacedAsync(Stage stage)
    {
        foreach (var (name, coding) in new[] { ("text.txt", "gzip, deflate, br"), ("picture.bin", null) })
        {
            var ask = Ask.Get(stage.Publish(name, length: Middling)).With("Accept-Encoding", coding);
            var copy = Ask.Get(stage.Publish("copy-" + name, length: Middling)).With("Accept-Encoding", coding);
            await stage.InterruptAsync(ask, copy, 50_000, async () =>
            {
                await stage.ChangeAsync(name, length: Middling);
                await stage.ChangeAsync("copy-" + name, length: Middling);
            });
            await stage.PlayAsync(ask);
            stage.Expire();
            await stage.PlayAsync(ask);
            await stage.PlayAsync(ask);
        }
    }

    /// <summary>Waits in the middle of a download until the server has been killed and started again.</summary>
    public static async Task PlayKilledAsync(Stage stage)
    {
        var small = Ask.Get(stage.Publish("small.txt"));
        await stage.PlayAsync(small);
        foreach (var round in new[] { Interruptions.Killed, Interruptions.Stopped })
        {
            var file = $"{round}.bin";
            var ask = Ask.Get(stage.Publish(file, length: VeryLong));
            var copy = Ask.Get(stage.Publish("copy-" + file, length: VeryLong));
            await stage.InterruptAsync(ask, copy, 300_000, () => stage.Interruption(round));
            await stage.PlayAfterRestartAsync(ask);
            await stage.PlayAfterRestartAsync(ask);

            // The pools hold connections that the server has closed.
            stage.Expire();
            await stage.PlayAfterRestartAsync(small);
        }
    }
}
