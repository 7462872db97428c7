using System.Diagnostics.CodeAnalysis;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>What the rules know of a request. Passed by reference, and made without an allocation: a hit needs one.</summary>
/// <param name="presented">The request.</param>
/// <param name="directives">Its directives (RFC 9111 §5.2.1).</param>
/// <param name="mode">Its mode.</param>
/// <param name="limits">The stale windows that apply to it.</param>
/// <param name="settings">The settings that apply to it.</param>
internal readonly struct RequestFacts(RequestHead presented, in RequestDirectives directives, HttpCacheMode mode, StaleLimits limits, PolicySettings settings)
{
    private readonly RequestDirectives _directives = directives;
    private readonly StaleLimits _limits = limits;

    /// <summary>The request.</summary>
    public RequestHead Presented => presented;

    /// <summary>Its directives (RFC 9111 §5.2.1).</summary>
    [UnscopedRef]
    public ref readonly RequestDirectives Directives => ref _directives;

    /// <summary>Its mode.</summary>
    public HttpCacheMode Mode => mode;

    /// <summary>The stale windows that apply to it.</summary>
    [UnscopedRef]
    public ref readonly StaleLimits Limits => ref _limits;

    /// <summary>The settings that apply to it.</summary>
    public PolicySettings Settings => settings;

    /// <summary>Whether it must not reach the origin (RFC 9111 §5.2.1.7).</summary>
    public bool IsOnlyIfCached => _directives.OnlyIfCached || mode == HttpCacheMode.OnlyIfCached;
}
