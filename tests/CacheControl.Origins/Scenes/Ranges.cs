using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>Parts: before and after the whole is stored, plain and coded.</summary>
internal static class Ranges
{
    private static readonly string[] Kinds =
    [
        "bytes=0-99", "bytes=100-199", "bytes=-100", "bytes=15900-", "bytes=0-", "bytes=999999-", "bytes=0-0,50-59", "bytes=5-2", "items=0-5",
    ];

    private static readonly string?[] Codings = [null, "gzip", "gzip, deflate, br"];

    public static async Task PlayBeforeAsync(Stage stage)
    {
        foreach (var (kind, number) in Kinds.Select((kind, number) => (kind, number)))
        {
            foreach (var coding in Codings)
            {
                foreach (var name in FilesFor(coding))
                {
                    var file = $"{number}-{coding?.Length}-{name}";
                    var part = Ask.Get(stage.Publish(file, length: 16_000)).With("Range", kind).With("Accept-Encoding", coding);
                    var whole = Ask.Get(stage.PathOf(file)).With("Accept-Encoding", coding);
                    await stage.PlayAsync(part);
                    await stage.PlayAsync(whole);
                    await stage.PlayAsync(part);
                    stage.Expire();
                    await stage.PlayAsync(part);
                    await stage.PlayAsync(whole);
                }
            }
        }
    }

    public static async Task PlayAfterAsync(Stage stage)
    {
        foreach (var (coding, number) in Codings.Select((coding, number) => (coding, number)))
        {
            foreach (var name in FilesFor(coding))
            {
                var file = $"{number}-{name}";
                var whole = Ask.Get(stage.Publish(file, length: 16_000)).With("Accept-Encoding", coding);
                await PlayAllAsync(stage, whole, (await stage.PlayAsync(whole))["ETag"]);
                stage.Expire();
                await PlayAllAsync(stage, whole, "\"other\"");
                await stage.PlayAsync(whole);
                await stage.ChangeAsync(file, length: 16_000);
                stage.Expire();
                await PlayAllAsync(stage, whole, (await stage.PlayAsync(whole.As(HttpMethod.Head)))["ETag"]);
                await stage.PlayAsync(whole);
            }
        }
    }

    private static string[] FilesFor(string? coding) => coding is null ? ["text.txt", "picture.bin"] : ["text.txt", "style.css"];

    private static async Task PlayAllAsync(Stage stage, Ask whole, string? tag)
    {
        foreach (var kind in Kinds)
        {
            await stage.PlayAsync(whole.With("Range", kind));
        }

        await stage.PlayAsync(whole.With("Range", "bytes=100-199").With("If-Range", tag));
        await stage.PlayAsync(whole.With("Range", "bytes=100-199").With("If-None-Match", tag));
        await stage.PlayAsync(whole.As(HttpMethod.Head).With("Range", "bytes=100-199"));
    }
}
