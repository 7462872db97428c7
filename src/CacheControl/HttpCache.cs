using System.Diagnostics.Metrics;
using HttpCaching.Control;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
using HttpCaching.Control.Time;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Inspection;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpCaching;

/// <summary>
/// A cache: the store, the rules and the background work. It outlives the handlers that use it, and many handlers may share one cache.
/// </summary>
public sealed partial class HttpCache : IHttpCache, IDisposable
{
    private readonly IHttpCacheStore _store;
    private readonly GuardedStore _guarded;
    private readonly bool _ownsStore;
    private readonly CacheMetrics _metrics;
    private readonly CacheServices _services;
    private readonly RequestCollapser _flights;
    private readonly StoreInspector _inspector;
    private readonly KeyMaker _keys;
    private readonly CacheObservers? _observers;
    private IDisposable _evictions;
    private readonly DateTimeOffset _since;
    private readonly UserRuleFaults _faults;

    /// <summary>Creates a cache over a store.</summary>
    /// <param name="store">The store for the responses, which the caller disposes; <see langword="null"/> for a store in memory that this cache owns.</param>
    /// <param name="options">The options, copied now; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="loggerFactory">The factory of the logger; <see langword="null"/> for no logs.</param>
    /// <param name="meterFactory">The factory of the meter; <see langword="null"/> for a meter that this cache owns.</param>
    /// <param name="name">The name of the client. It keeps the client's responses apart from others' in the same store; <see langword="null"/> for none.</param>
    /// <param name="observers">Are told of events; <see langword="null"/> for none.</param>
    /// <exception cref="OptionsValidationException">The options are invalid; the message lists every error and its remedy.</exception>
    /// <exception cref="IOException"><see cref="HttpCacheStorageOptions.PendingRemovalsDirectory"/> can't be used; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to <see cref="HttpCacheStorageOptions.PendingRemovalsDirectory"/>.</exception>
    public HttpCache(
        IHttpCacheStore? store = null,
        HttpCacheOptions? options = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null,
        string? name = null,
        IEnumerable<IHttpCacheObserver>? observers = null)
        : this(
            new CachingHandlerSettings
            {
                Store = store,
                Options = options,
                TimeProvider = timeProvider,
                LoggerFactory = loggerFactory,
                MeterFactory = meterFactory,
                Observers = [.. observers ?? []],
            },
            name,
            observersCome: false)
    {
    }

    /// <summary>Creates a cache.</summary>
    /// <param name="settings">The store, the options, and the surroundings.</param>
    /// <param name="name">The name of the client; null for none.</param>
    /// <param name="observersCome">Whether <see cref="Observe"/> is called before the cache is used.</param>
    internal HttpCache(CachingHandlerSettings settings, string? name, bool observersCome)
    {
        var (options, timeProvider) = (settings.Options ?? new HttpCacheOptions(), settings.TimeProvider);
        HttpCacheOptionsValidator.ThrowIfInvalid(options);
        _ownsStore = settings.Store is null;
        _store = settings.Store ?? new MemoryHttpCacheStore(new MemoryHttpCacheStoreOptions { TimeProvider = timeProvider ?? TimeProvider.System });
        var logger = QuietLogger.Of(settings.LoggerFactory, "CacheControl");
        var faults = _faults = new UserRuleFaults(logger);
        var rules = new GuardedRules(faults);
        var clock = timeProvider is null || timeProvider == TimeProvider.System
            ? CacheClock.OfSystem()
            : new CacheClock(timeProvider);
        _since = clock.Now;
        var journal = JournalOf(options, name, clock.Provider, logger);
        _metrics = new CacheMetrics(settings.MeterFactory, faults, name);
        var shared = SharedStore.Of(StoreTiers.WholeOf(_store));
        var keys = new KeyMaker(OptionsReader.Keys(options, name), faults) { Renamed = shared.Renamed };
        Decompression = options.AutomaticDecompression;
        MaximumRedirects = options.MaximumRedirects;
        var dispatch = options.Dispatch ?? Dispatch.OfPool;
        _observers = CacheObservers.Of(observersCome ? null : settings.Observers, name, () => clock.Now, logger, _metrics);
        _guarded = new GuardedStore(_store, _metrics, logger, clock.Provider, OptionsReader.Limits(options), journal) { Observers = _observers, Withdrawn = shared.Withdrawn };
        var policy = OptionsReader.Policy(options, keys.Hash, rules);
        var services = new CacheServices
        {
            Store = _guarded,
            Policy = policy,
            Rules = OptionsReader.Rules(options, policy),
            RequestRules = new RequestRules(policy),
            Keys = keys,
            Searches = shared.Searches,
            Clock = clock,
            Metrics = _metrics,
            Activities = new CacheActivities(faults, name),
            HasLookups = _store is not (MemoryHttpCacheStore or TieredHttpCacheStore),
            Observers = _observers,
            Logger = logger,
            Settings = OptionsReader.Control(options, rules),
            Flights = _flights = new RequestCollapser(OptionsReader.Collapsing(options), clock, dispatch)
            {
                OfStore = shared.Flights,
                Nodes = options.Collapsing.Flights is { } flights ? new NodeFlights(flights, OptionsReader.NodeFlights(options), clock, _metrics, logger) : null,
            },
            Dispatch = dispatch,
        };
        _services = services;
        var tiers = new StoreTiers(_store);
        _metrics.AddGauges(tiers.Read, () => _flights.Count, () => _guarded.IsCircuitOpen);
        _evictions = tiers.Subscribe(_observers, faults);
        _rules = [.. options.Rules];
        _inspector = new StoreInspector(_store, services);
        _keys = keys;
        CodingReports = new CodingReports(services);
        Controller = new Controller(services);
    }

    internal Controller Controller { get; }

    internal IHttpCacheStore Store => _store;

    /// <summary>Reports bodies that can't be decoded above the cache.</summary>
    internal CodingReports CodingReports { get; }

    /// <summary>Adds observers, before the cache is used.</summary>
    /// <param name="observers">The observers.</param>
    internal void Observe(IEnumerable<IHttpCacheObserver> observers)
    {
        _observers?.Add(observers);
        _evictions.Dispose();
        _evictions = new StoreTiers(_store).Subscribe(_observers, _faults);
    }

    /// <summary>Ends when the observers of a disposed cache have been told everything.</summary>
    internal Task WhenObserversToldAsync() => _observers?.WhenEmptied ?? Task.CompletedTask;

    internal System.Net.DecompressionMethods? Decompression { get; }

    internal int? MaximumRedirects { get; }

    /// <inheritdoc/>
    public async Task InvalidateAsync(Uri uri, CancellationToken cancellationToken = default)
    {
        var target = Normalize(uri, nameof(uri));
        _observers?.Invalidated(HttpCacheInvalidationScope.Uri, target);
        foreach (var stored in _services.StoredUrisOf(target))
        {
            _flights.Detach(stored);
            await _store.InvalidateAsync(stored, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<long> RemoveOriginAsync(Uri origin, CancellationToken cancellationToken = default)
    {
        var prefix = OriginRules.OriginOf(Normalize(origin, nameof(origin))) + "/";
        var maintenance = Maintenance;
        _observers?.Invalidated(HttpCacheInvalidationScope.Prefix, prefix);
        return await maintenance.RemoveByPrefixAsync(prefix, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var maintenance = Maintenance;
        _observers?.Invalidated(HttpCacheInvalidationScope.Tag, tag);
        return await maintenance.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        var maintenance = Maintenance;
        _observers?.Invalidated(HttpCacheInvalidationScope.Everything, null);
        await maintenance.ClearAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the background work, and disposes the store if this cache owns it. Before that, it tries pending removals once more, for
    /// <see cref="HttpCacheStorageOptions.Timeout"/> at most, and for five seconds at most.
    /// </summary>
    public void Dispose()
    {
        _reloads?.Dispose();
        Controller.Background.Dispose();
        _guarded.Dispose();
        _evictions.Dispose();
        _observers?.Dispose();
        _metrics.Dispose();
        if (_ownsStore && _store is IDisposable disposable)
        {
            disposable.Dispose();
        }
    }

    /// <summary>Removes many responses together. No request joins a flight that began before: its request is older than the removal.</summary>
    private IHttpCacheStoreMaintenance Maintenance
    {
        get
        {
            _flights.Detach(null);
            return _inspector.Maintenance;
        }
    }

    private PendingRemovalJournal? JournalOf(HttpCacheOptions options, string? name, TimeProvider time, ILogger logger)
    {
        if (options.Store.PendingRemovalsDirectory is not { } directory)
        {
            return null;
        }

        if (IsEncrypted(_store))
        {
            throw new OptionsValidationException(
                nameof(HttpCacheOptions),
                typeof(HttpCacheOptions),
                [$"Store.{nameof(options.Store.PendingRemovalsDirectory)} is '{directory}', which holds URIs in the clear, but the store is encrypted; set the option to null."]);
        }

        return new PendingRemovalJournal(directory, name, time, logger);
    }

    private static bool IsEncrypted(IHttpCacheStore store) => store switch
    {
        FileHttpCacheStore files => files.IsEncrypted,
        TieredHttpCacheStore tiers => IsEncrypted(tiers.Front) || IsEncrypted(tiers.Back),
        _ => false,
    };

    private static string Normalize(Uri uri, string parameter)
    {
        ArgumentNullException.ThrowIfNull(uri, parameter);
        return TargetUri.Normalize(uri, null) ?? throw new ArgumentException("The URI must be an absolute http or https URI.", parameter);
    }
}
