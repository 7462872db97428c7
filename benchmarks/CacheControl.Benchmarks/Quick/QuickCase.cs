namespace HttpCaching.Benchmarks.Quick;

/// <summary>One thing to time, as a loop over a number of calls.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Loop">Makes so many calls.</param>
internal sealed record QuickCase(string Name, Action<int> Loop)
{
    /// <summary>A case of calls that complete at once.</summary>
    public static QuickCase Of(string name, Func<int> call) => new(name, count =>
    {
        for (var i = 0; i < count; i++)
        {
            call();
        }
    });

    /// <summary>A case of calls that have to be waited for; the thread is blocked once for each slice, not for each call.</summary>
    public static QuickCase Of(string name, Func<Task> call) => new(name, count => LoopAsync(call, count).GetAwaiter().GetResult());

    private static async Task LoopAsync(Func<Task> call, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await call().ConfigureAwait(false);
        }
    }
}
