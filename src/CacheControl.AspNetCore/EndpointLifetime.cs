using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>Notices that an endpoint ends its exchange early: what it has written is not the whole body then, though it returns as if it were.</summary>
/// <param name="features">The features of the exchange.</param>
internal sealed class EndpointLifetime(IFeatureCollection features) : IHttpRequestLifetimeFeature, IHttpResetFeature
{
    private readonly IHttpRequestLifetimeFeature? _lifetime = features.Get<IHttpRequestLifetimeFeature>();
    private readonly IHttpResetFeature? _reset = features.Get<IHttpResetFeature>();
    private bool _hasEnded;

    /// <summary>Whether the exchange was ended, by the endpoint or by the client.</summary>
    public bool IsAborted => _hasEnded || _lifetime?.RequestAborted.IsCancellationRequested is true;

    /// <inheritdoc/>
    public CancellationToken RequestAborted
    {
        get => _lifetime!.RequestAborted;
        set => _lifetime!.RequestAborted = value;
    }

    /// <summary>Takes the place of the server's features.</summary>
    public void Enter()
    {
        if (_lifetime is not null)
        {
            features.Set<IHttpRequestLifetimeFeature>(this);
        }

        if (_reset is not null)
        {
            features.Set<IHttpResetFeature>(this);
        }
    }

    /// <summary>Puts the server's features back.</summary>
    public void Leave()
    {
        if (ReferenceEquals(features.Get<IHttpRequestLifetimeFeature>(), this))
        {
            features.Set(_lifetime);
        }

        if (ReferenceEquals(features.Get<IHttpResetFeature>(), this))
        {
            features.Set(_reset);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _hasEnded = true;
        _lifetime!.Abort();
    }

    /// <inheritdoc/>
    public void Reset(int errorCode)
    {
        _hasEnded = true;
        _reset!.Reset(errorCode);
    }
}
