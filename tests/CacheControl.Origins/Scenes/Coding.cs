using CacheControl.Origins.Dialogue;

namespace CacheControl.Origins.Scenes;

/// <summary>Callers that accept different codings and languages, one after the other.</summary>
internal static class Coding
{
    public static Task PlayAsync(Stage stage) => PlayAsync(stage, Scene.Codings);

    public static Task PlayRichestFirstAsync(Stage stage) =>
        PlayAsync(stage, ["gzip, deflate, br, zstd", "gzip, deflate, br", "gzip", "identity", "gzip;q=0", null]);

    public static async Task PlayLanguagesAsync(Stage stage)
    {
        foreach (var language in new[] { "de", "en" })
        {
            stage.Publish($"welcome.html.{language}", length: language == "de" ? 3_000 : 5_000);
        }

        var ask = Ask.Get(stage.PathOf("welcome"));
        await PlayRoundsAsync(
            stage,
            [ask, .. new[] { "de", "en", "fr", "de, en;q=0.5", "en;q=0.5, de;q=0.1" }.Select(language => ask.With("Accept-Language", language))],
            () => stage.ChangeAsync("welcome.html.de", length: 3_500));
    }

    private static async Task PlayAsync(Stage stage, IReadOnlyList<string?> codings)
    {
        foreach (var (file, length) in new[] { ("text.txt", 16_000), ("style.css", 9_000), ("page.html", 100_000) })
        {
            var ask = Ask.Get(stage.Publish(file, length: length));
            await PlayRoundsAsync(stage, [.. codings.Select(coding => ask.With("Accept-Encoding", coding))], () => stage.ChangeAsync(file));
        }
    }

    private static async Task PlayRoundsAsync(Stage stage, IReadOnlyList<Ask> asks, Func<Task> change)
    {
        // Fresh twice, validated, fresh, within the permitted age of what has changed, changed, fresh.
        Func<Task>[] betweenRounds = [() => Task.CompletedTask, ExpireAsync, () => Task.CompletedTask, change, ExpireAsync, () => Task.CompletedTask];
        await PlayRoundAsync();
        foreach (var between in betweenRounds)
        {
            await between();
            await PlayRoundAsync();
        }

        Task ExpireAsync()
        {
            stage.Expire();
            return Task.CompletedTask;
        }

        async Task PlayRoundAsync()
        {
            foreach (var ask in asks)
            {
                await stage.PlayAsync(ask);
            }

            foreach (var ask in asks)
            {
                await stage.PlayAsync(ask.As(HttpMethod.Head));
            }
        }
    }
}
