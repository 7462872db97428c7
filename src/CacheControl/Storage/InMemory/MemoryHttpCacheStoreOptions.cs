namespace HttpCaching;

/// <summary>The limits of a <see cref="MemoryHttpCacheStore"/>, copied once when the store is built.</summary>
public sealed class MemoryHttpCacheStoreOptions
{
    /// <summary>
    /// The most bytes of all stored responses together, heads included. Default: 100 MiB. In addition the store keeps the memory of large bodies after
    /// their removal, for the next ones: at most the limit of one response, and at most a quarter of this limit.
    /// </summary>
    public long MaximumBytes { get; set; } = 100L * 1024 * 1024;

    /// <summary>
    /// The most bytes of one stored response, head included. A larger response is not stored.
    /// Default: <see langword="null"/>, for a tenth of <see cref="MaximumBytes"/>.
    /// </summary>
    public long? MaximumEntryBytes { get; set; }

    /// <summary>The most stored responses under one key. Beyond that the oldest one is dropped. Default: 32.</summary>
    public int MaximumVariants { get; set; } = 32;

    /// <summary>The clock of the times of last use, which a listing shows. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range; the message lists all that are.</exception>
    internal void Validate()
    {
        List<string> errors = [];
        if (MaximumBytes < 1)
        {
            errors.Add($"MaximumBytes is {MaximumBytes}: set it to the number of bytes the store may take, at least 1.");
        }

        if (MaximumEntryBytes < 1)
        {
            errors.Add($"MaximumEntryBytes is {MaximumEntryBytes}: set it to at least 1, or to null for a tenth of MaximumBytes.");
        }
        else if (MaximumEntryBytes > MaximumBytes)
        {
            errors.Add($"MaximumEntryBytes is {MaximumEntryBytes}: lower it to MaximumBytes ({MaximumBytes}) or raise that.");
        }

        if (MaximumVariants < 1)
        {
            errors.Add($"MaximumVariants is {MaximumVariants}: set it to at least 1.");
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
