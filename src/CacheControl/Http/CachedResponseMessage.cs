using System.Net;
using CacheControl.Model;

namespace CacheControl.Http;

/// <summary>A response that the cache made.</summary>
/// <param name="statusCode">The status code.</param>
internal sealed class CachedResponseMessage(HttpStatusCode statusCode) : HttpResponseMessage(statusCode)
{
    private CacheStatus? _status;

    /// <summary>The rule that decided.</summary>
    public CacheReason Reason { get; set; }

    /// <summary>The remaining freshness of what was served.</summary>
    public TimeSpan TimeToLive { get; set; }

    /// <summary>What the cache did. Unless it was set it is a hit, and made when somebody asks: few do.</summary>
    public CacheStatus Status
    {
        get => _status ??= new CacheStatus { Hit = true, Reason = Reason, TimeToLive = TimeToLive };
        set => _status = value;
    }
}
