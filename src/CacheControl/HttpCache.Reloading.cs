using HttpCaching.Diagnostics;

namespace HttpCaching;

/// <content>Rules that follow the configuration.</content>
public sealed partial class HttpCache
{
    private readonly Lock _reloading = new();
    private IReadOnlyList<WrittenRule> _rules;
    private RuleReloads? _reloads;

    /// <summary>Replaces the rules each time that the configuration is reloaded from which the options were read.</summary>
    /// <param name="options">The options of this cache.</param>
    /// <param name="again">Makes the options again, and throws if they are wrong.</param>
    internal void Follow(HttpCacheOptions options, Func<HttpCacheOptions> again)
    {
        if (options.Sections.Count > 0)
        {
            _reloads = new RuleReloads(options.Sections, () => Reload(again));
        }
    }

    private void Reload(Func<HttpCacheOptions> again)
    {
        lock (_reloading)
        {
            try
            {
                var options = again();
                if (!options.Rules.SequenceEqual(_rules))
                {
                    _rules = [.. options.Rules];
                    _services.Rules = OptionsReader.Rules(options, _services.Policy);
                    Log.RulesReloaded(_services.Logger, _rules.Count);
                }
            }
            catch (Exception exception)
            {
                // The thread belongs to the configuration, whose watcher must go on, and so must the cache.
                Log.RulesKept(_services.Logger, exception.Message);
            }
        }
    }
}
