using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>Callers that accept different codings and languages, one after the other.</summary>
internal static class Coding
{
    public static Task PlayAsync(Stage stage) => PlayAsync(stage, ["text.txt", "style.css", "page.html"], Scene.Codings);

    public static Task PlayRichestFirstAsync(Stage stage) =>
        PlayAsync(stage, ["text.txt", "page.html"], ["gzip, deflate, br, zstd", "gzip, deflate, br", "gzip", "identity", "gzip;q=0", null]);

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

    private static async Task PlayAsync(Stage stage, IReadOnlyList<string> files, IReadOnlyList<string?> codings)
    {
        foreach (var file in files)
        {
            var ask = Ask.Get(stage.Publish(file));
            await PlayRoundsAsync(stage, [.. codings.Select(coding => ask.With("Accept-Encoding", coding))], () => stage.ChangeAsync(file));
        }
    }

    private static async Task PlayRoundsAsync(Stage stage, IReadOnlyList<Ask> asks, Func<Task> change)
    {
        // Fresh twice, validated, fresh, within the permitted age of what has changed, changed, fresh.
        Func<Task>[] betweenRounds = [() => Task.CompletedTask, ExpireAsync, () => Task.CompletedTask, change, ExpireAsync, () => Task.CompletedTask];
        await PlayRoundAsync(HttpMethod.Get);
        await PlayRoundAsync(HttpMethod.Head);
        foreach (var between in betweenRounds)
        {
            await between();
            await PlayRoundAsync(HttpMethod.Get);
        }

        await PlayRoundAsync(HttpMethod.Head);

        Task ExpireAsync()
        {
            stage.Expire();
            return Task.CompletedTask;
        }

        async Task PlayRoundAsync(HttpMethod method)
        {
            foreach (var ask in asks)
            {
                await stage.PlayAsync(ask.As(method));
            }
        }
    }
}
