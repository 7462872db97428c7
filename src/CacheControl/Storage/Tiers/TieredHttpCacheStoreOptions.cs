namespace HttpCaching;

/// <summary>The options of the front of a <see cref="TieredHttpCacheStore"/>, copied once when the store is built.</summary>
public sealed class TieredHttpCacheStoreOptions
{
    /// <summary>
    /// How long the front answers without asking the back, if the back does not tell of changes. For this time, changes by other processes
    /// may go unnoticed. Zero asks the back each time. Default: one second.
    /// </summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the front answers without asking the back while the back tells of changes, if that is longer than <see cref="MaximumAge"/>. Changes
    /// take effect when the back tells of them. This limit is for changes that it does not tell, such as evictions. Default: one minute.
    /// </summary>
    public TimeSpan MaximumAgeWhileFollowing { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Keep bodies of up to this many bytes in the front. If one body of a key is larger, the key is read from the back. Default: 256 KiB.</summary>
    public int MaximumBodyBytes { get; set; } = 256 * 1024;

    /// <summary>The clock for <see cref="MaximumAge"/>. Default: the system's.</summary>
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
