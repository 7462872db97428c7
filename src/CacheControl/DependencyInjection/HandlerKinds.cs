namespace HttpCaching.DependencyInjection;

/// <summary>
/// Tells the kind of a handler by its type. Handlers of packages are known by their full names, so that the packages are not needed here. Handlers of applications are known by the words
/// of their names.
/// </summary>
internal static class HandlerKinds
{
    private static readonly string[] Resilience =
    [
        "Microsoft.Extensions.Http.Resilience.ResilienceHandler",
        "Microsoft.Extensions.Http.PolicyHttpMessageHandler",
    ];

    private static readonly string[] Credentials =
    [
        "Auth", "Authentication", "Authenticated", "Authenticating", "Authorization", "Authorized", "Authorizing", "Bearer", "Jwt", "Credential", "Credentials", "Impersonation",
    ];

    private static readonly string[] WatchingOnly = ["Log", "Logs", "Logger", "Logging", "Metric", "Metrics", "Telemetry", "Tracing", "Audit", "Auditing"];

    private static readonly string[] OtherTokens = ["Cancellation", "Antiforgery", "Forgery", "Csrf", "Xsrf", "Continuation", "Page", "Correlation", "Idempotency", "Sync", "Bucket"];

    /// <summary>The kind of a handler's type, or of the nearest base type that has one.</summary>
    public static HandlerKind Of(Type? handler)
    {
        for (var type = handler; type is not null && type != typeof(DelegatingHandler); type = type.BaseType)
        {
            if (KindOf(type) is not HandlerKind.Other and var kind)
            {
                return kind;
            }
        }

        return HandlerKind.Other;
    }

    private static HandlerKind KindOf(Type type)
    {
        if (Resilience.Contains(type.FullName, StringComparer.Ordinal))
        {
            return HandlerKind.Resilience;
        }

        var words = WordsOf(type.Name);
        return words.Intersect(WatchingOnly, StringComparer.Ordinal).Any() ? HandlerKind.Other
            : words.Intersect(Credentials, StringComparer.Ordinal).Any() || IsToken(words) ? HandlerKind.Credentials
            : words.Contains("Cookie", StringComparer.Ordinal) || words.Contains("Cookies", StringComparer.Ordinal) ? HandlerKind.Cookies
            : HandlerKind.Other;
    }

    private static bool IsToken(List<string> words) =>
        (words.Contains("Token", StringComparer.Ordinal) || words.Contains("Tokens", StringComparer.Ordinal)) && !words.Intersect(OtherTokens, StringComparer.Ordinal).Any();

    /// <summary>AccessTokenHandler`1 is Access, Token, Handler. A run of capitals is one word with the small letters after it: OAuth is O and Auth.</summary>
    private static List<string> WordsOf(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || !char.IsLetter(name[i]) || char.IsUpper(name[i]))
            {
                words.Add(name[start..i].Trim('_'));
                start = i;
            }
        }

        return words;
    }
}
