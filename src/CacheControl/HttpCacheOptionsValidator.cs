using HttpCaching.Fields;
using Microsoft.Extensions.Options;

namespace HttpCaching;

/// <summary>Finds everything that is wrong with options, and says of each error what to change.</summary>
internal sealed class HttpCacheOptionsValidator : IValidateOptions<HttpCacheOptions>
{
    private const int LeastHashKey = 16;

    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="OptionsValidationException">With all errors.</exception>
    public static void ThrowIfInvalid(HttpCacheOptions options)
    {
        if (ErrorsOf(options) is { Count: > 0 } errors)
        {
            throw new OptionsValidationException(nameof(HttpCacheOptions), typeof(HttpCacheOptions), errors);
        }
    }

    public ValidateOptionsResult Validate(string? name, HttpCacheOptions options) =>
        ErrorsOf(options) is { Count: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

    private static List<string> ErrorsOf(HttpCacheOptions options)
    {
        var errors = new OptionErrors();
        errors.All.AddRange(options.ConfigurationErrors);
        CheckTop(errors, options);
        CheckTimes(errors, options);
        CheckNumbers(errors, options);
        CheckNames(errors, options);
        CheckUsers(errors, options);
        CheckContradictions(errors, options);
        new RuleErrors(errors, options).Check();
        return errors.All;
    }

    private static void CheckTop(OptionErrors errors, HttpCacheOptions options)
    {
        if (!Enum.IsDefined(options.Kind))
        {
            errors.Add($"{nameof(options.Kind)} is {options.Kind}; use {nameof(CacheKind.Private)} or {nameof(CacheKind.Shared)}.");
        }

        errors.Window(options.DefaultFreshnessLifetime);
        errors.Window(options.StaleIfError);
        errors.Window(options.StaleWhileRevalidate);
        errors.OpenWait(options.SoftTimeout, mayBeZero: true, "null to wait as long as it takes");
        errors.OpenWait(options.ValidationTimeout, mayBeZero: false, "Timeout.InfiniteTimeSpan to leave it to HttpClient.Timeout");
        errors.Count(options.MaximumRedirects, 0);
        if (options.CacheStatusName is { } status && (status.Length == 0 || status.Any(c => c is < ' ' or > '~')))
        {
            errors.Add($"{nameof(options.CacheStatusName)} is '{status}', which is empty or has characters outside printable ASCII; give it a short plain name, or null for no field.");
        }
    }

    private static void CheckTimes(OptionErrors errors, HttpCacheOptions options)
    {
        errors.Window(options.Freshness.MaximumLifetime);
        errors.Window(options.Freshness.MaximumErrorLifetime);
        errors.Window(options.Freshness.MaximumHeuristicLifetime);
        errors.Window(options.Stale.FailedValidationPause);
        errors.Window(options.Stale.Retention);
        errors.Wait(options.Stale.BackgroundTimeout);
        errors.Wait(options.Collapsing.MaximumWait);
        errors.Wait(options.Collapsing.MaximumFlightWait);
        errors.Wait(options.Store.Timeout);
        errors.Wait(options.Store.BodyTimeout);
        errors.Wait(options.Store.Pause);
    }

    private static void CheckNumbers(OptionErrors errors, HttpCacheOptions options)
    {
        errors.Share(options.Freshness.HeuristicFraction);
        errors.Share(options.Freshness.EagerRefreshAfter);
        errors.Share(options.Freshness.LifetimeJitter);
        errors.Count(options.Collapsing.MaximumWaiters, 0);
        errors.Count(options.Store.KeepIncompleteAbove, 0);
        errors.Count(options.Limits.MaximumFieldLength, 1);
        errors.Count(options.Limits.MaximumUriLength, 1);

        // The content is read into memory.
        errors.Count(options.Limits.MaximumQueryContent, 1, int.MaxValue);
        errors.Count(options.Limits.MaximumSpooledBytes, 0);
        errors.Count(options.Limits.MaximumSpoolMemory, 0);
        errors.Count(options.Limits.MaximumBackgroundValidations, 0);

        // The key is a secret, and its length is enough to say.
        if (options.Keys.HashKey is { Length: < LeastHashKey } key)
        {
            errors.Add($"Keys.HashKey has {key.Length} bytes; give it {LeastHashKey} or more random bytes.");
        }
    }

    private static void CheckNames(OptionErrors errors, HttpCacheOptions options)
    {
        errors.FieldNames(options.Keys.Fields);
        errors.FieldNames(options.Keys.FieldsAddedBelow);
        errors.FieldNames(options.Extensions.TargetedFields);
        if (options.Store.PendingRemovalsDirectory is { } directory && (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add($"Store.PendingRemovalsDirectory is '{directory}', which is no directory; set it to the path of one, or to null.");
        }
    }

    /// <summary>Checks that the options for one user and those for many do not meet.</summary>
    private static void CheckUsers(OptionErrors errors, HttpCacheOptions options)
    {
        if (options.Kind == CacheKind.Private && options.Extensions.TargetedFields.Count > 0)
        {
            errors.Add($"Extensions.TargetedFields are for shared caches (RFC 9213), and Kind is Private; set Kind to Shared, or leave them empty.");
        }

        if (options.Kind == CacheKind.Private && options.Stale.WithSharedMaxAge)
        {
            errors.Add("Stale.WithSharedMaxAge is true, and Kind is Private: a private cache ignores s-maxage; set Kind to Shared, or leave it false.");
        }

        if (options.Kind == CacheKind.Shared && options.SingleUser)
        {
            errors.Add("SingleUser is true, and Kind is Shared; a cache serves one user or many, so set one of them.");
        }

        if (options.SingleUser && options.PartitionSelector is not null)
        {
            errors.Add("SingleUser and PartitionSelector contradict each other; set one of them.");
        }
    }

    /// <summary>Checks the options that have no effect or the opposite one next to others.</summary>
    private static void CheckContradictions(OptionErrors errors, HttpCacheOptions options)
    {
        var (freshness, extensions, collapsing) = (options.Freshness, options.Extensions, options.Collapsing);
        if (options.Heuristic is not null && options.DefaultFreshnessLifetime is not null)
        {
            errors.Add("Heuristic and DefaultFreshnessLifetime are two answers to one question; set one of them.");
        }

        // The limit of RFC 9111 cuts TimeSpan.MaxValue too, which means for ever; only a limit that the application has set contradicts a lifetime.
        if (freshness.MaximumLifetime < DeltaSeconds.Max)
        {
            CheckLifetime(errors, "DefaultFreshnessLifetime", options.DefaultFreshnessLifetime, freshness.MaximumLifetime);
            CheckLifetime(errors, "Freshness.MaximumErrorLifetime", freshness.MaximumErrorLifetime, freshness.MaximumLifetime);
        }

        if (options.StaleWhileRevalidate > TimeSpan.Zero && options.Limits.MaximumBackgroundValidations == 0)
        {
            errors.Add($"StaleWhileRevalidate is {options.StaleWhileRevalidate}, and Limits.MaximumBackgroundValidations is 0, so that nothing is validated in the background; set it to 1 or more, or StaleWhileRevalidate to zero.");
        }

        if (freshness.EagerRefreshAfter < 1 && options.Limits.MaximumBackgroundValidations == 0)
        {
            errors.Add("Freshness.EagerRefreshAfter is less than 1, and Limits.MaximumBackgroundValidations is 0, so that nothing is validated in the background; set it to 1 or more, or Freshness.EagerRefreshAfter to 1.");
        }

        if (collapsing.Flights is not null && !options.CollapseRequests)
        {
            errors.Add("Collapsing.Flights is set, and CollapseRequests is false; set it to true, or Collapsing.Flights to null.");
        }

        if (collapsing.Flights is not null && collapsing.MaximumFlightWait >= collapsing.MaximumWait)
        {
            errors.Add($"Collapsing.MaximumFlightWait is {collapsing.MaximumFlightWait}, and Collapsing.MaximumWait is {collapsing.MaximumWait}; keep the first below the second, which runs at the same time.");
        }

        if (extensions.InvalidateGroupMates && !extensions.CacheGroups)
        {
            errors.Add("Extensions.InvalidateGroupMates is true, and Extensions.CacheGroups is false; set both or neither.");
        }

        if (extensions.CacheStatusIncludesKey && options.CacheStatusName is null)
        {
            errors.Add("Extensions.CacheStatusIncludesKey is true, and CacheStatusName is null, so that no field is added; give the cache a name, or set it to false.");
        }
    }

    private static void CheckLifetime(OptionErrors errors, string path, TimeSpan? value, TimeSpan limit)
    {
        if (value > limit)
        {
            errors.Add($"{path} is {value}, and Freshness.MaximumLifetime cuts it to {limit}; set it to that or less, or raise Freshness.MaximumLifetime.");
        }
    }
}
