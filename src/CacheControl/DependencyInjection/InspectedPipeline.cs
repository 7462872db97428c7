using Microsoft.Extensions.Http;

namespace HttpCaching.DependencyInjection;

/// <summary>A client's handlers, collected to be looked at. They are not joined, and send nothing.</summary>
/// <param name="name">The client.</param>
/// <param name="services">The services of a scope, for the handlers.</param>
internal sealed class InspectedPipeline(string name, IServiceProvider services) : HttpMessageHandlerBuilder
{
    private readonly SocketsHttpHandler _default = new();
    private HttpMessageHandler? _chosen;

    /// <summary>Whether the application has given a primary handler of its own.</summary>
    public bool IsPrimaryChosen => _chosen is not null && _chosen != _default;

    public override string? Name { get; set; } = name;

    public override HttpMessageHandler PrimaryHandler
    {
        get => _chosen ?? _default;
        set => _chosen = value;
    }

    public override IList<DelegatingHandler> AdditionalHandlers { get; } = [];

    public override IServiceProvider Services => services;

    public override HttpMessageHandler Build() => throw new NotSupportedException("These handlers are only looked at.");
}
