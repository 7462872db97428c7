using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The facts that the rules know of a request. Once the request has been answered by a hit, the next request fills the same object: a hit allocates none.</summary>
/// <param name="presented">The request.</param>
/// <param name="directives">Its directives (RFC 9111 §5.2.1).</param>
/// <param name="mode">Its mode.</param>
/// <param name="limits">The stale windows that apply to it.</param>
/// <param name="settings">The settings that apply to it.</param>
internal sealed class RequestFacts(RequestHead presented, in RequestDirectives directives, HttpCacheMode mode, StaleLimits limits, PolicySettings settings)
{
    private RequestDirectives _directives = directives;

    /// <summary>The request.</summary>
    public RequestHead Presented => presented;

    /// <summary>Its directives (RFC 9111 §5.2.1).</summary>
    public ref readonly RequestDirectives Directives => ref _directives;

    /// <summary>Its mode.</summary>
    public HttpCacheMode Mode { get; private set; } = mode;

    /// <summary>The stale windows that apply to it.</summary>
    public StaleLimits Limits { get; private set; } = limits;

    /// <summary>The settings that apply to it.</summary>
    public PolicySettings Settings { get; private set; } = settings;

    /// <summary>Whether nothing can go on after it has been answered: then no response may be served that has to be validated in the background.</summary>
    public bool EndsWithCaller { get; set; }

    /// <summary>Whether it must not reach the origin (RFC 9111 §5.2.1.7).</summary>
    public bool IsOnlyIfCached => _directives.OnlyIfCached || Mode == HttpCacheMode.OnlyIfCached;

    /// <summary>Whether it may look at stored responses, and change none.</summary>
    public bool IsReadOnly => Mode == HttpCacheMode.ReadOnly;

    /// <summary>Fills in the facts of a request whose head has been read.</summary>
    /// <param name="mode">Its mode.</param>
    /// <param name="limits">The stale windows that apply to it.</param>
    /// <param name="settings">The settings that apply to it; their rule, if there is one, changes what it asks for.</param>
    public void Complete(HttpCacheMode mode, StaleLimits limits, PolicySettings settings)
    {
        (Mode, Limits, Settings) = (mode, limits, settings);
        if (presented.Fields.Count > 0)
        {
            _directives = RequestDirectives.Parse(presented.Fields);
        }

        if (settings.Rule is { } rule)
        {
            Mode = rule.ModeOf(mode);
            _directives = rule.Without(_directives);
        }
    }

    /// <summary>The facts of a copy of the request, which may outlive it: a function of the application that looks at options looks at the copy's.</summary>
    /// <param name="options">The options of the copy.</param>
    public RequestFacts OfCopy(IReadOnlyDictionary<string, object?> options) =>
        Settings.RequestOptions is null ? this : new(presented, _directives, Mode, Limits, Settings.WithOptions(options)) { EndsWithCaller = EndsWithCaller };

    /// <summary>Forgets the request.</summary>
    public void Forget()
    {
        if (presented.Fields.Count > 0)
        {
            _directives = default;
        }

        presented.Forget();
    }
}
