namespace HttpCaching.Tests.Interleavings;

/// <summary>
/// Where every call of a fake waits until the schedule opens its gate. A gate is opened on the driver's thread, and what waited goes on there, on its stack,
/// until it meets the next gate: so one thread runs everything, and the order of the gates is the whole of the order.
/// </summary>
internal sealed class Gates
{
    private readonly List<Parked> _parked = [];
    private readonly AsyncLocal<int> _lane = new();
    private int _arrivals;
    private int _thread;

    /// <summary>Whether nobody waits: while a schedule is prepared, and when its end is looked at.</summary>
    public bool AreOpen { get; set; } = true;

    /// <summary>Whose flow this is: the number of an operation from 1 on, 0 for work in the background.</summary>
    public int Lane
    {
        get => _lane.Value;
        set => _lane.Value = value;
    }

    /// <summary>What waits now, the operations in their order, each with its oldest first.</summary>
    public IEnumerable<Parked> Waiting => _parked.OrderBy(p => p.Lane).ThenBy(p => p.Arrival);

    /// <summary>Makes this thread the driver's: what comes on another one is an error of the harness.</summary>
    public void Bind() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>Waits for the gate.</summary>
    public Task PassAsync(string what)
    {
        Check(what);
        return AreOpen ? Task.CompletedTask : Park(what).Opened.Task;
    }

    /// <summary>Waits for the gate, or for the caller to give up.</summary>
    public async Task PassAsync(string what, CancellationToken cancellationToken)
    {
        Check(what);
        cancellationToken.ThrowIfCancellationRequested();
        if (AreOpen)
        {
            return;
        }

        var parked = Park(what);
        using var registration = cancellationToken.Register(() =>
        {
            if (_parked.Remove(parked))
            {
                parked.Opened.TrySetCanceled(cancellationToken);
            }
        });
        await parked.Opened.Task;
    }

    /// <summary>Work that is to go on later, in a turn of its own.</summary>
    public void Post(Action work)
    {
        Check("post");
        if (AreOpen)
        {
            work();
            return;
        }

        _ = RunLaterAsync(work);
    }

    public void Open(Parked parked)
    {
        _parked.Remove(parked);
        parked.Opened.SetResult();
    }

    private async Task RunLaterAsync(Action work)
    {
        await Park("go on").Opened.Task;
        work();
    }

    private Parked Park(string what)
    {
        var parked = new Parked(Lane, what, _arrivals++);
        _parked.Add(parked);
        return parked;
    }

    private void Check(string what)
    {
        if (_thread != 0 && Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException($"'{what}' came on another thread than the driver's: the schedule is not under control.");
        }
    }
}

/// <summary>Somebody who waits at a gate.</summary>
/// <param name="Lane">Whose flow.</param>
/// <param name="What">Before what.</param>
/// <param name="Arrival">Its order among all.</param>
internal sealed record Parked(int Lane, string What, int Arrival)
{
    /// <summary>Ended inline: whoever waits goes on on the stack of whoever opens.</summary>
    public TaskCompletionSource Opened { get; } = new();
}
