using HttpCaching.Tests.Collapsing;

namespace HttpCaching.Tests.Issues.Hanging;

/// <summary>Flights among nodes that hang on one kind of call, and heed no token there, until they may go on.</summary>
/// <param name="hub">The flights.</param>
/// <param name="hanging">On which call they hang.</param>
internal sealed class HangingFlights(FlightHub hub, FlightCall hanging) : IHttpCacheFlights
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the call has come.</summary>
    public Task WhenCalled => _called.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void GoOn() => _goOn.TrySetResult();

    public async ValueTask<HttpCacheFlight> EnterAsync(string name, CancellationToken cancellationToken)
    {
        await CalledAsync(FlightCall.Enter);
        return new Part(this, await hub.EnterAsync(name, cancellationToken));
    }

    private void Waits()
    {
        if (hanging == FlightCall.Leader)
        {
            _called.TrySetResult();
        }
    }

    private async Task CalledAsync(FlightCall call)
    {
        if (call == hanging)
        {
            _called.TrySetResult();
            await _goOn.Task;
        }
    }

    private sealed class Part(HangingFlights flights, HttpCacheFlight inner) : HttpCacheFlight
    {
        public override bool IsLead => inner.IsLead;

        public override async ValueTask<HttpCacheFlightEnd> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
        {
            flights.Waits();
            await flights.CalledAsync(FlightCall.Wait);
            return await inner.WaitAsync(limit, cancellationToken);
        }

        public override async ValueTask EndAsync(HttpCacheFlightEnd end, CancellationToken cancellationToken)
        {
            await flights.CalledAsync(FlightCall.End);
            await inner.EndAsync(end, cancellationToken);
        }

        protected override async ValueTask DisposeAsyncCore()
        {
            await flights.CalledAsync(FlightCall.Leave);
            await inner.DisposeAsync();
        }
    }
}
