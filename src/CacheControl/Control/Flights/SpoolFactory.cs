namespace HttpCaching.Control.Flights;

/// <summary>Makes spools, as long as the budget of all of them allows.</summary>
internal sealed class SpoolFactory(CollapseSettings settings)
{
    private readonly SpoolFolder _folder = new();

    /// <summary>What all spools hold.</summary>
    public SpoolBudget Budget { get; } = new(settings.MaximumSpooledBytes);

    /// <summary>A spool for a whole body; null if there is no room for it.</summary>
    /// <param name="length">Its length if it is known.</param>
    public Spool? Begin(long? length)
    {
        // A body of unknown length needs room for at least one more byte.
        var reserved = length ?? 1;
        return Budget.TryReserve(reserved) ? new Spool(0, reserved, Budget, settings.MaximumSpoolMemory, _folder) : null;
    }

    /// <summary>A spool for the rest of a body that is being read by many already: it can't be refused any more.</summary>
    /// <param name="start">The position of its first byte.</param>
    public Spool BeginAt(long start) => new(start, 0, Budget, settings.MaximumSpoolMemory, _folder);
}
