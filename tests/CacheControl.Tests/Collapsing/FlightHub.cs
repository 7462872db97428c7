
namespace HttpCaching.Tests.Collapsing;

/// <summary>Flights of several caches in one process. Everything completes at once, and everything can be told to fail or to hang.</summary>
internal sealed class FlightHub : IHttpCacheFlights
{
    private readonly Dictionary<string, TaskCompletionSource<HttpCacheFlightEnd>> _led = [];
    private readonly List<HttpCacheFlightEnd> _ends = [];

    public int Enters { get; private set; }

    /// <summary>How many leads are held now.</summary>
    public int Leads => _led.Count;

    /// <summary>How leads have ended, in order.</summary>
    public IReadOnlyList<HttpCacheFlightEnd> Ends => _ends;

    /// <summary>The clock of waits.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Runs before a lead is given or refused.</summary>
    public Func<ValueTask>? BeforeEnter { get; set; }

    public async ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken)
    {
        name.Should().MatchRegex("^[0-9a-f]{64}$", "it tells nothing of the request");
        Enters++;
        if (BeforeEnter is { } before)
        {
            await before();
        }

        if (_led.TryGetValue(name, out var led))
        {
            return new Part(this, name, isLead: false, led);
        }

        led = new TaskCompletionSource<HttpCacheFlightEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        _led.Add(name, led);
        return new Part(this, name, isLead: true, led);
    }

    /// <summary>All who lead are lost without a word.</summary>
    public void LoseLeads()
    {
        var lost = _led.Values.ToArray();
        _led.Clear();
        foreach (var led in lost)
        {
            led.SetResult(HttpCacheFlightEnd.Unknown);
        }
    }

    private sealed class Part(FlightHub hub, string name, bool isLead, TaskCompletionSource<HttpCacheFlightEnd> led) : HttpCacheFlight
    {
        private bool _isEnded = !isLead;

        public override bool IsLead => isLead;

        public override async ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
        {
            try
            {
                return await led.Task.WaitAsync(limit, hub.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return HttpCacheFlightEnd.Overdue;
            }
        }

        public override ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken)
        {
            if (!_isEnded)
            {
                _isEnded = true;
                hub._ends.Add(end);
                if (hub._led.TryGetValue(name, out var current) && current == led)
                {
                    hub._led.Remove(name);
                    led.SetResult(end);
                }
            }

            return ValueTask.CompletedTask;
        }

        protected override ValueTask DisposeAsyncCore() => EndAsync(HttpCacheFlightEnd.Failed, default);
    }
}
