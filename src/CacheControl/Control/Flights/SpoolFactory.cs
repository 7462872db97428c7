namespace HttpCaching.Control.Flights;

/// <summary>Makes spools within the common budget.</summary>
internal sealed class SpoolFactory(CollapseSettings settings)
{
    private readonly SpoolFolder _folder = new();

    /// <summary>The common budget.</summary>
    public SpoolBudget Budget { get; } = new(settings.MaximumSpooledBytes);

    /// <summary>A spool for a whole body; null if there is no room for it.</summary>
    /// <param name="length">Its length if it is known.</param>
    public Spool? Begin(long? length)
    {
        // A body of unknown length needs room for at least one more byte.
        var reserved = length ?? 1;
        return Budget.TryReserve(reserved) ? new Spool(0, reserved, Budget, settings.MaximumSpoolMemory, _folder) : null;
    }

    /// <summary>A spool for the rest of a body that already has several readers, so it can't be refused.</summary>
    /// <param name="start">The position of its first byte.</param>
    public Spool BeginAt(long start) => new(start, 0, Budget, settings.MaximumSpoolMemory, _folder);
}
