using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Scenes;

/// <summary>One part of the dialogue. It has files of its own, and is played with every server and set-up.</summary>
internal sealed record Scene(string Name, Func<Stage, Task> Play)
{
    /// <summary>The dialogue, in the order in which it is played.</summary>
    public static IReadOnlyList<Scene> All { get; } =
    [
        new("reads", Reading.PlayAsync),
        new("compressed", Reading.PlayCompressedAsync),
        new("codings", Coding.PlayAsync),
        new("codings, richest first", Coding.PlayRichestFirstAsync),
        new("languages", Coding.PlayLanguagesAsync),
        new("head", Reading.PlayHeadAsync),
        new("ranges before the whole", Ranges.PlayBeforeAsync),
        new("ranges after the whole", Ranges.PlayAfterAsync),
        new("conditions", Conditions.PlayAsync),
        new("redirects", Reading.PlayRedirectAsync),
        new("absent, then present", Reading.PlayAbsentAsync),
        new("left early", Breaks.PlayLeftAsync),
        new("replaced meanwhile", Breaks.PlayReplacedAsync),
        new("together", Reading.PlayTogetherAsync),
        new("synchronous", Reading.PlaySynchronousAsync),
    ];

    /// <summary>The scenes in which the server goes away, played with all set-ups at the same time.</summary>
    public static IReadOnlyList<Scene> OfTheServer { get; } =
    [
        new("killed", Breaks.PlayKilledAsync),
    ];

    /// <summary>The values of Accept-Encoding that callers send; null for none.</summary>
    public static IReadOnlyList<string?> Codings { get; } =
        [null, "identity", "gzip", "br", "zstd", "gzip, deflate, br", "gzip;q=0", "*", "deflate"];
}
