using System.Diagnostics;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>Waits for what another process does, with a bound.</summary>
internal static class Wait
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Bound)
            {
                throw new TimeoutException($"Waited in vain: {what}.");
            }

            await Task.Delay(25);
        }
    }
}
