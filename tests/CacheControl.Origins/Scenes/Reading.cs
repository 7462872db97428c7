using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>What every client does: reads, reads again, and reads after the origin has changed.</summary>
internal static class Reading
{
    private static readonly string[] Files = ["text.txt", "style.css", "index.html", "picture.bin", "archive.tar.gz"];

    public static async Task PlayAsync(Stage stage)
    {
        foreach (var file in Files)
        {
            await PlayLifeAsync(stage, file, ask => ask);
        }
    }

    /// <summary>The life of files that a browser reads, of which nothing but the coded form is ever asked for.</summary>
    public static async Task PlayCompressedAsync(Stage stage)
    {
        foreach (var file in new[] { "text.txt", "style.css", "page.html" })
        {
            await PlayLifeAsync(stage, file, ask => ask.With("Accept-Encoding", "gzip, deflate, br"));
        }
    }

    public static async Task PlaySynchronousAsync(Stage stage)
    {
        foreach (var coding in new[] { null, "gzip" })
        {
            await PlayLifeAsync(stage, $"text-{coding}.txt", ask => ask.With("Accept-Encoding", coding) with { Synchronous = true });
        }

        var part = Ask.Get(stage.Publish("part.txt")).With("Range", "bytes=100-199") with { Synchronous = true };
        await stage.PlayAsync(part);
        await stage.PlayAsync(part with { Fields = [] });
        await stage.PlayAsync(part);
    }

    public static async Task PlayHeadAsync(Stage stage)
    {
        foreach (var coding in new[] { null, "gzip", "gzip, deflate, br" })
        {
            var file = $"text-{coding?.Length}.txt";
            var get = Ask.Get(stage.Publish(file)).With("Accept-Encoding", coding);
            var head = get.As(HttpMethod.Head);
            await stage.PlayAsync(head);
            await stage.PlayAsync(get);
            await stage.PlayAsync(head);
            await stage.PlayAsync(get);
            stage.Expire();
            await stage.PlayAsync(head);
            await stage.PlayAsync(get);
            await stage.ChangeAsync(file);
            stage.Expire();
            await stage.PlayAsync(head);
            await stage.PlayAsync(get);
            await stage.PlayAsync(head);
        }
    }

    public static async Task PlayRedirectAsync(Stage stage)
    {
        stage.Publish("folder/index.html");
        var ask = Ask.Get(stage.PathOf("folder"));
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        stage.Expire();
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask.With("Accept-Encoding", "gzip"));
        await stage.PlayAsync(ask.With("Range", "bytes=0-9"));
        await stage.PlayAsync(ask.As(HttpMethod.Head));
    }

    public static async Task PlayAbsentAsync(Stage stage)
    {
        var ask = Ask.Get(stage.PathOf("late.txt"));
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask.As(HttpMethod.Head));
        await stage.ChangeAsync("late.txt");
        await stage.PlayAsync(ask);
        stage.Expire();
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        await stage.RemoveAsync("late.txt");
        await stage.PlayAsync(ask);
        stage.Expire();
        await stage.PlayAsync(ask);
    }

    public static async Task PlayTogetherAsync(Stage stage)
    {
        foreach (var coding in new[] { null, "gzip", "gzip, deflate, br" })
        {
            var file = $"text-{coding?.Length}.txt";
            var ask = Ask.Get(stage.Publish(file)).With("Accept-Encoding", coding);
            await stage.PlayTogetherAsync(ask, 20);
            await stage.PlayTogetherAsync(ask, 20);
            stage.Expire();
            await stage.PlayTogetherAsync(ask, 20);
            await stage.ChangeAsync(file);
            stage.Expire();
            await stage.PlayTogetherAsync(ask, 20);
        }
    }

    private static async Task PlayLifeAsync(Stage stage, string file, Func<Ask, Ask> form)
    {
        var ask = form(Ask.Get(stage.Publish(file)));
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        stage.Expire();
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
        await stage.ChangeAsync(file);
        await stage.PlayAsync(ask);
        stage.Expire();
        await stage.PlayAsync(ask);
        await stage.PlayAsync(ask);
    }
}
