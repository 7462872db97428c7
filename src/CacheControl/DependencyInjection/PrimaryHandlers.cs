using System.Net;
using System.Runtime.CompilerServices;

namespace HttpCaching.DependencyInjection;

/// <summary>
/// The primary handlers that pipelines were built over. One object may be given to many pipelines: to those of clients without a cache, and to the next one of
/// the same client. A setting that was switched off for a cache is remembered, so that every pipeline over the handler still applies it.
/// </summary>
internal sealed class PrimaryHandlers
{
    private readonly ConditionalWeakTable<HttpMessageHandler, Use> _known = [];
    private readonly Lock _gate = new();

    /// <summary>Switches off what a primary handler does, for a pipeline that does it above a cache.</summary>
    /// <param name="primary">The handler.</param>
    /// <returns>
    /// What the pipeline has to do instead. Null if the handler goes on as it is: it is not the platform's, or others rely on it, or it has started.
    /// </returns>
    public Taken TakeOver(HttpMessageHandler primary)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(primary, out var use))
            {
                return new Taken(use.Original, use.IsSwitchedOff);
            }

            if (PrimarySettings.Of(primary) is not { } settings)
            {
                return default;
            }

            var isSwitchedOff = settings.TrySwitchOff(primary);
            _known.Add(primary, new Use(settings, isSwitchedOff));
            return new Taken(settings, isSwitchedOff);
        }
    }

    /// <summary>The settings switched off in a primary handler that a pipeline without a cache is built over; null if there are none.</summary>
    /// <param name="primary">The handler.</param>
    public PrimarySettings? MissingIn(HttpMessageHandler primary)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(primary, out var use))
            {
                return use.IsSwitchedOff ? use.Original : null;
            }

            if (PrimarySettings.Of(primary) is { } settings)
            {
                _known.Add(primary, new Use(settings, IsSwitchedOff: settings is { Redirects: 0, Decompression: DecompressionMethods.None }));
            }

            return null;
        }
    }

    /// <summary>The settings of a handler, and whether they are switched off.</summary>
    /// <param name="Settings">What it did; null if nothing is known of it.</param>
    /// <param name="IsSwitchedOff">Whether it no longer does.</param>
    public readonly record struct Taken(PrimarySettings? Settings, bool IsSwitchedOff);

    private sealed record Use(PrimarySettings Original, bool IsSwitchedOff);
}
