namespace HttpCaching.Redis.Connection;

/// <summary>The times of flights among processes.</summary>
internal sealed record FlightSettings
{
    /// <summary>How long a lead lasts without being renewed: so long do the others wait for one whose process has died.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a lead is renewed at most. A caller that neither reads nor disposes a response keeps nobody waiting for longer.</summary>
    public TimeSpan LongestLead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often those who wait look for themselves, beside being told.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it is remembered that a response was for the one who asked only, so that nobody waits for the next one.</summary>
    public TimeSpan NotStorableSpan { get; init; } = TimeSpan.FromSeconds(5);
}
