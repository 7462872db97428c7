namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>An answer that a plain client would not have got.</summary>
/// <param name="Dialogue">What was played.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="Told">All that was asked and answered.</param>
internal sealed record WireDifference(WireDialogue Dialogue, string Kind, string Told)
{
    /// <summary>The same difference, from a dialogue that has nothing without which it does not come.</summary>
    public async Task<WireDifference> ShrinkAsync(WireSite site)
    {
        var smallest = this;
        while (await FirstAsync(site, smallest) is { } smaller)
        {
            smallest = smaller;
        }

        return smallest;
    }

    public override string ToString() => $"{Kind}\n{Told}\n{Dialogue.Code()}";

    private static async Task<WireDifference?> FirstAsync(WireSite site, WireDifference from)
    {
        foreach (var simpler in from.Dialogue.Simpler())
        {
            if (await simpler.PlayAsync(site) is { } difference && difference.Kind == from.Kind)
            {
                return difference;
            }
        }

        return null;
    }
}
