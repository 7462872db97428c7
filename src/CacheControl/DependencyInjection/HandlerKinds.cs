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

    private static readonly string[] CredentialPackages =
    [
        "Microsoft.Identity.Web.MicrosoftIdentityMessageHandler",
    ];

    private static readonly string[] Credentials =
    [
        "Auth", "Authenticate", "Authentication", "Authenticated", "Authenticating", "Authenticator", "Authorization", "Authorize", "Authorized", "Authorizer", "Authorizing",
        "Reauthenticate", "Reauthentication", "Bearer", "Jwt", "Credential", "Credentials", "Impersonating", "Impersonation", "Behalf", "Obo", "Oidc",
    ];

    private static readonly string[] PerUser =
    [
        "Apikey", "Claims", "Hmac", "Identity", "Kerberos", "Login", "Negotiate", "Ntlm", "Password", "Principal", "Secret", "Session", "Signature", "Signed", "Signing", "Sso", "Tenant",
    ];

    private static readonly string[] BeforeKey = ["Access", "Api", "App", "Function", "Functions", "Subscription"];

    private static readonly string[] AddingNone =
    [
        "Log", "Logs", "Logger", "Logging", "Metric", "Metrics", "Telemetry", "Tracing", "Audit", "Auditing",
        "Mask", "Masking", "Redact", "Redacting", "Redaction", "Remove", "Removing", "Sanitize", "Sanitizing", "Strip", "Stripping",
    ];

    private static readonly string[] OtherTokens =
    [
        "Cancellation", "Antiforgery", "Forgery", "Csrf", "Xsrf", "Continuation", "Page", "Correlation", "Idempotency", "Sync", "Bucket",
        "Budget", "Count", "Counter", "Counting", "Limit", "Limiter", "Limiting", "Limits", "Prompt", "Quota", "Usage",
    ];

    /// <summary>The kind of a handler's type, or of the nearest base type that has a certain one.</summary>
    public static HandlerKind Of(Type? handler)
    {
        var kind = HandlerKind.Other;
        for (var type = handler; type is not null && type != typeof(DelegatingHandler); type = type.BaseType)
        {
            switch (KindOf(type))
            {
                case HandlerKind.Other:
                    break;

                case HandlerKind.PerUser:
                    kind = HandlerKind.PerUser;
                    break;

                case var certain:
                    return certain;
            }
        }

        return kind;
    }

    private static HandlerKind KindOf(Type type)
    {
        if (Resilience.Contains(type.FullName, StringComparer.Ordinal))
        {
            return HandlerKind.Resilience;
        }

        if (CredentialPackages.Contains(type.FullName, StringComparer.Ordinal))
        {
            return HandlerKind.Credentials;
        }

        var words = WordsOf(type.Name);
        return HaveAny(words, AddingNone) ? HandlerKind.Other
            : HaveAny(words, Credentials) || (HaveAny(words, ["Token", "Tokens"]) && !HaveAny(words, OtherTokens)) ? HandlerKind.Credentials
            : HaveAny(words, ["Cookie", "Cookies"]) ? HandlerKind.Cookies
            : IsPerUser(words) ? HandlerKind.PerUser
            : HandlerKind.Other;
    }

    private static bool IsPerUser(List<string> words) =>
        HaveAny(words, PerUser)
        || Pairs(words).Any(pair => Is(pair.Second, "Key") && BeforeKey.Any(word => Is(pair.First, word)))
        || Pairs(words).Any(pair => Is(pair.First, "User") && !Is(pair.Second, "Agent"))
        || (HaveAny(words, ["Header", "Headers"]) && HaveAny(words, ["Propagate", "Propagating", "Propagation"]));

    private static IEnumerable<(string First, string Second)> Pairs(List<string> words) => words.Zip(words.Skip(1));

    private static bool HaveAny(List<string> words, string[] known) => words.Exists(word => known.Contains(word, StringComparer.OrdinalIgnoreCase));

    private static bool Is(string word, string other) => string.Equals(word, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>AccessTokenHandler`1 is Access, Token, Handler. Of a run of capitals the last one begins a word: CSRFToken is CSRF and Token, OAuth is O and Auth.</summary>
    private static List<string> WordsOf(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || !char.IsLetter(name[i]) || !char.IsLetter(name[i - 1]) || BeginsWord(name, i))
            {
                words.Add(name[start..i]);
                start = i;
            }
        }

        return words;
    }

    private static bool BeginsWord(string name, int i) =>
        char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
}
