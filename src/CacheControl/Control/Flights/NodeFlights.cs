using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control.Flights;

/// <summary>
/// One flight for each key over all nodes. Before the leader in this process asks the origin, it checks whether another process already does, and waits
/// for that process's commit. The time is limited, faults are never thrown, and after faults there is a pause. Without an answer, the leader asks the origin.
/// </summary>
internal sealed class NodeFlights
{
    private const int FaultsToOpen = 5;

    private readonly IHttpCacheFlights _flights;
    private readonly NodeFlightSettings _settings;
    private readonly CacheClock _clock;
    private readonly CacheMetrics _metrics;
    private readonly ILogger _logger;
    private readonly StoreCircuit _circuit;
    private readonly RecentKeys _notWorthWaiting;
    private readonly ConcurrentDictionary<Flight, NodeFlight> _entered = new(ReferenceEqualityComparer.Instance);
    private long _lastFaultLogged;

    public NodeFlights(IHttpCacheFlights flights, NodeFlightSettings settings, CacheClock clock, CacheMetrics metrics, ILogger logger)
    {
        _flights = flights;
        _settings = settings;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _circuit = new StoreCircuit(clock.Provider, settings.StorePause, FaultsToOpen);
        _notWorthWaiting = new RecentKeys(settings.UnshareableSpan);
    }

    /// <summary>The background work that ends leads.</summary>
    public PendingWork Pending { get; } = new();

    /// <summary>Takes the lead, or waits for the leader.</summary>
    /// <param name="flight">The flight in this process.</param>
    /// <param name="cancellationToken">The caller's: the only cancellation that is thrown.</param>
    /// <returns>
    /// True if the caller must look at the store again: this process leads now, and the response may have come since, or the flight of another leader has ended.
    /// False if it is time to ask the origin.
    /// </returns>
    public async ValueTask<bool> EnterAsync(Flight flight, CancellationToken cancellationToken)
    {
        if (_entered.TryGetValue(flight, out var known) && known.IsSettled)
        {
            return false;
        }

        if (_notWorthWaiting.Contains(flight.Key, _clock) || !_circuit.Admits())
        {
            return false;
        }

        if ((known ?? Begin(flight, _clock.Provider.GetTimestamp())) is not { } own)
        {
            _circuit.Withdraw();
            return false;
        }

        if (await TryEnterAsync(BeginAsync(own.Name, cancellationToken), cancellationToken).ConfigureAwait(false) is not { } part)
        {
            own.IsSettled = true;
            return false;
        }

        if (part.IsLead)
        {
            own.Lead(part);
            if (flight.Result is not null && own.TakeLead() is { } late)
            {
                // The followers in this process have given up, and the flight was ended with them: nothing else would end the lead.
                BeginToEnd(late, HttpCacheFlightEnd.Failed);
            }

            _metrics.NodeFlight("led");
            return true;
        }

        try
        {
            return await FollowAsync(flight, own, part, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Pending.Add(DisposeAsync(part));
        }
    }

    /// <summary>The time when a request began to wait for other processes in this flight; null if none has.</summary>
    public long? StartOf(Flight flight) => _entered.TryGetValue(flight, out var own) ? own.Start : null;

    /// <summary>Records a flight that may wait for other processes; null if it is settled already.</summary>
    /// <param name="flight">The flight in this process.</param>
    /// <param name="start">The time when its leader began to wait.</param>
    public NodeFlight? Begin(Flight flight, long start)
    {
        var own = _entered[flight] = new NodeFlight(NameOf(flight.Key), start);
        if (flight.Result is null)
        {
            return own;
        }

        _entered.TryRemove(flight, out _);
        return null;
    }

    /// <summary>Tells the nodes the result of this process's flight, as far as it is known.</summary>
    public void Settled(Flight flight, FlightResult result)
    {
        switch (result)
        {
            case SharedBody { IsBeingStored: true }:
                return;
            case FlightResult.Bodiless or FlightResult.Validated or FlightResult.Elsewhere:
                End(flight, HttpCacheFlightEnd.Stored);
                return;
            case FlightResult.Refused or SharedBody:
                End(flight, HttpCacheFlightEnd.NotStorable);
                return;
            default:
                End(flight, HttpCacheFlightEnd.Failed);
                return;
        }
    }

    /// <summary>Gives the lead back, if this process has it.</summary>
    public void End(Flight flight, HttpCacheFlightEnd end)
    {
        if (!_entered.TryRemove(flight, out var own))
        {
            return;
        }

        if (end == HttpCacheFlightEnd.NotStorable)
        {
            _notWorthWaiting.Add(flight.Key, _clock);
        }

        if (own.TakeLead() is { } lead)
        {
            BeginToEnd(lead, end);
        }
    }

    private async ValueTask<bool> FollowAsync(Flight flight, NodeFlight own, HttpCacheFlight part, CancellationToken cancellationToken)
    {
        var rest = _settings.MaximumFlightWait - _clock.Provider.GetElapsedTime(own.Start);
        var end = rest > TimeSpan.Zero ? await TryWaitAsync(part, rest, cancellationToken).ConfigureAwait(false) : HttpCacheFlightEnd.Overdue;
        _metrics.NodeFlight(end switch
        {
            HttpCacheFlightEnd.Stored => "waited",
            HttpCacheFlightEnd.NotStorable => "refused",
            HttpCacheFlightEnd.Failed => "failed",
            HttpCacheFlightEnd.Overdue => "overdue",
            _ => "lost",
        });
        if (end is HttpCacheFlightEnd.Stored or HttpCacheFlightEnd.Unknown)
        {
            return true;
        }

        // Later requests must not wait in vain for a response that is not stored, or that takes longer than the longest wait.
        if (end is HttpCacheFlightEnd.NotStorable or HttpCacheFlightEnd.Overdue)
        {
            _notWorthWaiting.Add(flight.Key, _clock);
        }

        own.IsSettled = true;
        return end == HttpCacheFlightEnd.Overdue;
    }

    private Task<HttpCacheFlight> BeginAsync(string name, CancellationToken cancellationToken)
    {
        using var waiting = BlockingCalls.Begin(_settings.StoreTimeout, _clock.Provider, cancellationToken);
        return EnterAsync(name);
    }

    // A method of its own, so that exceptions before the first task become the task's.
    private async Task<HttpCacheFlight> EnterAsync(string name) => await _flights.EnterAsync(name, CancellationToken.None).ConfigureAwait(false);

    private async ValueTask<HttpCacheFlight?> TryEnterAsync(Task<HttpCacheFlight> entering, CancellationToken cancellationToken)
    {
        try
        {
            var part = await BlockingWait.WithinAsync(entering, _settings.StoreTimeout, _clock.Provider, cancellationToken).ConfigureAwait(false);
            _circuit.Succeeded();
            return part;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var unattended = BlockingCalls.Enter(blocks: false);
            Pending.Add(AbandonAsync(entering));
            throw;
        }
        catch (Exception exception)
        {
            // The call may have ended together with the limit, and have the lead.
            Pending.Add(GiveUpAsync(entering));
            Fault(exception, "enter");
            return null;
        }
    }

    private async ValueTask<HttpCacheFlightEnd> TryWaitAsync(HttpCacheFlight part, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            // Limited twice: the limit is a promise to the caller, whatever the implementation behind does.
            var longest = limit + _settings.StoreTimeout;
            using var waiting = BlockingCalls.Begin(longest, _clock.Provider, cancellationToken);
            return await BlockingWait.WithinAsync(part.WaitAsync(limit, cancellationToken).AsTask(), longest, _clock.Provider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Fault(exception, "wait");
            return HttpCacheFlightEnd.Failed;
        }
    }

    private void BeginToEnd(HttpCacheFlight lead, HttpCacheFlightEnd end)
    {
        using var unattended = BlockingCalls.Enter(blocks: false);
        Pending.Add(EndAsync(lead, end));
    }

    private async Task EndAsync(HttpCacheFlight lead, HttpCacheFlightEnd end)
    {
        try
        {
            await lead.EndAsync(end, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The lead expires.
            Fault(exception, "end");
        }

        await DisposeAsync(lead).ConfigureAwait(false);
    }

    private async Task DisposeAsync(HttpCacheFlight part)
    {
        try
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fault(exception, "leave");
        }
    }

    /// <summary>Watches a call to its end after its caller has left. Its result within the limit counts for the circuit as if a caller still waited.</summary>
    private async Task AbandonAsync(Task<HttpCacheFlight> entering)
    {
        if (await TryEnterAsync(entering, CancellationToken.None).ConfigureAwait(false) is { } part)
        {
            await DisposeAsync(part).ConfigureAwait(false);
        }
    }

    /// <summary>Watches a call that took too long to its end.</summary>
    private async Task GiveUpAsync(Task<HttpCacheFlight> entering)
    {
        try
        {
            await DisposeAsync(await entering.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The fault was recorded when the limit was reached.
        }
    }

    private void Fault(Exception exception, string operation)
    {
        _metrics.StoreFault("flight " + operation);
        var opened = _circuit.Failed(exception);
        var now = Math.Max(1, _clock.Provider.GetTimestamp());
        var last = Volatile.Read(ref _lastFaultLogged);
        if ((opened || last == 0 || _clock.Provider.GetElapsedTime(last, now) >= TimeSpan.FromSeconds(1))
            && Interlocked.CompareExchange(ref _lastFaultLogged, now, last) == last)
        {
            Log.FlightFault(_logger, exception, operation);
        }
    }

    /// <summary>A name that is the same on all nodes, and that reveals nothing about the request.</summary>
    private static string NameOf(FlightKey key)
    {
        // Lengths separate the variable parts.
        var text = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{(key.IsValidation ? 'v' : 'm')}{key.Key.Uri.Length}:{key.Key.Uri}{key.Key.Scope?.Length ?? -1}:{key.Key.Scope}{key.Variant}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
