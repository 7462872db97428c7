namespace HttpCaching;

/// <summary>What a <see cref="TieredHttpCacheStore"/> keeps in its front; copied once, when the store is built.</summary>
public sealed class TieredHttpCacheStoreOptions
{
    /// <summary>
    /// How long the front answers for the back without asking it, where the back doesn't tell what others change: for so long may changes that other processes
    /// make to the back go unnoticed. Zero asks the back each time. Default: one second.
    /// </summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the front answers for the back without asking it while the back tells what others change, if that is longer than <see cref="MaximumAge"/>. Changes
    /// show as soon as they are told; this bounds what nobody told, such as what the engine evicted. Default: one minute.
    /// </summary>
    public TimeSpan MaximumAgeWhileFollowing { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Bodies of up to this many bytes are kept in the front. A key of which one body is larger is read from the back. Default: 256 KiB.</summary>
    public int MaximumBodyBytes { get; set; } = 256 * 1024;

    /// <summary>The clock that <see cref="MaximumAge"/> is measured by. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal void Validate()
    {
        List<string> errors = [];
        if (MaximumAge < TimeSpan.Zero)
        {
            errors.Add($"MaximumAge is {MaximumAge}: set it to zero or more.");
        }

        if (MaximumAgeWhileFollowing < TimeSpan.Zero)
        {
            errors.Add($"MaximumAgeWhileFollowing is {MaximumAgeWhileFollowing}: set it to zero or more.");
        }

        if (MaximumBodyBytes < 0)
        {
            errors.Add($"MaximumBodyBytes is {MaximumBodyBytes}: set it to zero or more.");
        }

        if (TimeProvider is null)
        {
            errors.Add("TimeProvider is null: leave it as it was for the system's clock.");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors));
        }
    }
}
