namespace HttpCaching.Redis.Connection;

/// <summary>The times of flights between processes.</summary>
internal sealed record FlightSettings
{
    /// <summary>The lifetime of a lead without renewal: the followers of a dead leader wait for it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The longest renewal of a lead. If a caller neither reads nor disposes a response, followers wait no longer than this.</summary>
    public TimeSpan LongestLead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The interval at which followers look at the lead, in addition to the messages.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it is remembered that a response was for the leader only, so that no request waits for the next one.</summary>
    public TimeSpan NotStorableSpan { get; init; } = TimeSpan.FromSeconds(5);
}
