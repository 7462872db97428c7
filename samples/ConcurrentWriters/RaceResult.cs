using HttpCaching;

namespace ConcurrentWriters;

/// <summary>How a race ended.</summary>
/// <param name="First">What the first client got.</param>
/// <param name="Second">What the second client got for the entry, if it asked for it.</param>
/// <param name="Afterwards">What both got when they asked once more, after the race.</param>
/// <param name="OriginRequests">How often the origin was asked by the first client during the race.</param>
public sealed record RaceResult(RaceAnswer First, RaceAnswer? Second, IReadOnlyList<RaceAnswer> Afterwards, int OriginRequests)
{
    /// <summary>Whether everybody got the right answer.</summary>
    public bool IsRight => First.IsRight && Second is null or { IsRight: true } && Afterwards.All(answer => answer.IsRight);
}

/// <summary>One answer.</summary>
/// <param name="Status">Its status code.</param>
/// <param name="Body">Its body.</param>
/// <param name="Expected">What the body should be.</param>
/// <param name="Cache">What the cache did.</param>
public sealed record RaceAnswer(int Status, string Body, string Expected, CacheStatus Cache)
{
    /// <summary>Whether it is a 200 with the body that it should have.</summary>
    public bool IsRight => Status == 200 && Body == Expected;
}
