namespace HttpCaching.Conformance.Proxy;

/// <summary>A proxy under test, running.</summary>
internal interface ISubject : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    Uri Address { get; }

    /// <summary>What went wrong in it that was neither the network's failing nor the client's leaving.</summary>
    IReadOnlyCollection<Exception> Faults { get; }
}
