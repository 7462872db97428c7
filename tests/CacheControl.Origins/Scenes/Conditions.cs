using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>Callers with conditions of their own, as those with a cache of their own send.</summary>
internal static class Conditions
{
    private static readonly string?[] Codings = [null, "gzip", "gzip, deflate, br"];

    public static async Task PlayAsync(Stage stage)
    {
        foreach (var (coding, number) in Codings.Select((coding, number) => (coding, number)))
        {
            foreach (var name in coding is null ? new[] { "text.txt", "picture.bin" } : ["text.txt", "style.css"])
            {
                await PlayAsync(stage, $"{number}-{name}", coding);
            }
        }
    }

    private static async Task PlayAsync(Stage stage, string file, string? coding)
    {
        var ask = Ask.Get(stage.Publish(file)).With("Accept-Encoding", coding);
        var probe = ask.With("If-None-Match", "\"other\"");
        var first = await stage.PlayAsync(probe);
        await PlayAllAsync(stage, ask, first);
        await stage.PlayAsync(ask);
        await PlayAllAsync(stage, ask, first);
        stage.Expire();
        await PlayAllAsync(stage, ask, first);
        await stage.ChangeAsync(file);
        stage.Expire();
        await PlayAllAsync(stage, ask, first);
        await PlayAllAsync(stage, ask, await stage.PlayAsync(ask));
    }

    private static async Task PlayAllAsync(Stage stage, Ask ask, Answer known)
    {
        var (tag, modified) = (known["ETag"], known["Last-Modified"]);
        if (tag is not null)
        {
            await stage.PlayAsync(ask.With("If-None-Match", tag));
            await stage.PlayAsync(ask.With("If-None-Match", $"\"other\", {tag}"));
            await stage.PlayAsync(ask.With("If-None-Match", tag).With("If-Modified-Since", modified));
            await stage.PlayAsync(ask.As(HttpMethod.Head).With("If-None-Match", tag));
        }

        await stage.PlayAsync(ask.With("If-None-Match", "*"));
        await stage.PlayAsync(ask.With("If-None-Match", "\"other\""));
        await stage.PlayAsync(ask.With("If-Modified-Since", modified));
        await stage.PlayAsync(ask.With("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"));
        await stage.PlayAsync(ask.With("If-Modified-Since", "yesterday"));
    }
}
