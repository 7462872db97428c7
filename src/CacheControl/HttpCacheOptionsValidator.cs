using HttpCaching.Fields.Text;
using Microsoft.Extensions.Options;

namespace HttpCaching;

/// <summary>Finds everything that is wrong with options, and says of each error what to change.</summary>
internal sealed class HttpCacheOptionsValidator : IValidateOptions<HttpCacheOptions>
{
    /// <summary>The longest time to wait. The platform's timers take twice as much, and two waits are added up where processes wait for each other.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="OptionsValidationException">With all errors.</exception>
    public static void ThrowIfInvalid(HttpCacheOptions options)
    {
        var errors = Errors(options).ToArray();
        if (errors.Length > 0)
        {
            throw new OptionsValidationException(nameof(HttpCacheOptions), typeof(HttpCacheOptions), errors);
        }
    }

    public ValidateOptionsResult Validate(string? name, HttpCacheOptions options)
    {
        var errors = Errors(options).ToArray();
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(HttpCacheOptions options) =>
        [.. Durations(options), .. Numbers(options), .. Names(options), .. Combinations(options)];

    private static IEnumerable<string> Durations(HttpCacheOptions options)
    {
        var windows = new (string Name, TimeSpan? Value)[]
        {
            (nameof(options.DefaultFreshnessLifetime), options.DefaultFreshnessLifetime),
            (nameof(options.MaximumFreshnessLifetime), options.MaximumFreshnessLifetime),
            (nameof(options.MaximumErrorLifetime), options.MaximumErrorLifetime),
            (nameof(options.HeuristicMaximum), options.HeuristicMaximum),
            (nameof(options.StaleIfError), options.StaleIfError),
            (nameof(options.StaleWhileRevalidate), options.StaleWhileRevalidate),
            (nameof(options.StaleRetention), options.StaleRetention),
            (nameof(options.FailedValidationPause), options.FailedValidationPause),
        };
        foreach (var (name, value) in windows)
        {
            if (value < TimeSpan.Zero)
            {
                yield return $"{name} is {Named(value)}; set it to zero or more, and to TimeSpan.MaxValue for no limit.";
            }
        }

        if (options.SoftTimeout is { } soft && soft != Timeout.InfiniteTimeSpan && (soft < TimeSpan.Zero || soft > LongestWait))
        {
            yield return $"{nameof(options.SoftTimeout)} is {soft}; set it to zero or more and at most 24 days, or to null to wait as long as it takes.";
        }

        var waits = new (string Name, TimeSpan Value)[]
        {
            (nameof(options.BackgroundTimeout), options.BackgroundTimeout),
            (nameof(options.StoreTimeout), options.StoreTimeout),
            (nameof(options.StoredBodyTimeout), options.StoredBodyTimeout),
            (nameof(options.StorePause), options.StorePause),
            (nameof(options.MaximumCollapseWait), options.MaximumCollapseWait),
            (nameof(options.MaximumFlightWait), options.MaximumFlightWait),
        };
        foreach (var (name, value) in waits)
        {
            if (value <= TimeSpan.Zero || value > LongestWait)
            {
                yield return $"{name} is {Named(value)}; set it to more than zero and at most 24 days.";
            }
        }

        if (options.ValidationTimeout is var limit && limit != Timeout.InfiniteTimeSpan && (limit <= TimeSpan.Zero || limit > LongestWait))
        {
            yield return $"{nameof(options.ValidationTimeout)} is {limit}; set it to more than zero and at most 24 days, or to Timeout.InfiniteTimeSpan to leave it to HttpClient.Timeout.";
        }
    }

    private static string Named(TimeSpan? value) =>
        value == Timeout.InfiniteTimeSpan ? "Timeout.InfiniteTimeSpan, which is not possible here" : $"{value}";

    private static IEnumerable<string> Numbers(HttpCacheOptions options)
    {
        var shares = new (string Name, double Value)[]
        {
            (nameof(options.HeuristicFraction), options.HeuristicFraction),
            (nameof(options.EagerRefreshAfter), options.EagerRefreshAfter),
            (nameof(options.LifetimeJitter), options.LifetimeJitter),
        };
        foreach (var (name, value) in shares)
        {
            if (value is not (>= 0 and <= 1))
            {
                yield return $"{name} is {value}; set it to between 0 and 1.";
            }
        }

        var positive = new (string Name, long Value, long Least)[]
        {
            (nameof(options.MaximumBackgroundValidations), options.MaximumBackgroundValidations, 0),
            (nameof(options.MaximumWaitersPerFlight), options.MaximumWaitersPerFlight, 0),
            (nameof(options.MaximumSpooledBytes), options.MaximumSpooledBytes, 0),
            (nameof(options.MaximumSpoolMemory), options.MaximumSpoolMemory, 0),
            (nameof(options.MaximumQueryContent), options.MaximumQueryContent, 1),
            (nameof(options.KeepIncompleteAbove), options.KeepIncompleteAbove ?? 0, 0),
            (nameof(options.MaximumFieldLength), options.MaximumFieldLength, 1),
            (nameof(options.MaximumUriLength), options.MaximumUriLength, 1),
            (nameof(options.MaximumRedirects), options.MaximumRedirects ?? 0, 0),
        };
        foreach (var (name, value, least) in positive)
        {
            if (value < least)
            {
                yield return $"{name} is {value}; set it to {least} or more.";
            }
        }

        if (options.MaximumQueryContent > int.MaxValue)
        {
            yield return $"{nameof(options.MaximumQueryContent)} is {options.MaximumQueryContent}; set it to {int.MaxValue} at most, since the content is read into memory.";
        }

        if (options.HashKey is { Length: < 16 })
        {
            yield return $"{nameof(options.HashKey)} has {options.HashKey.Length} bytes; give it 16 or more random bytes.";
        }
    }

    private static IEnumerable<string> Names(HttpCacheOptions options)
    {
        foreach (var (list, names) in new[] { (nameof(options.TargetedFields), options.TargetedFields), (nameof(options.FieldsAddedBelow), options.FieldsAddedBelow), (nameof(options.KeyFields), options.KeyFields) })
        {
            foreach (var name in names)
            {
                if (string.IsNullOrEmpty(name) || !FieldText.IsValidName(name))
                {
                    yield return $"{list} contains '{name}', which is no field name; use letters, digits and hyphens.";
                }
            }
        }

        if (options.CacheStatusName is { } status && (status.Length == 0 || status.Any(c => c is < ' ' or > '~')))
        {
            yield return $"{nameof(options.CacheStatusName)} is empty or has characters outside printable ASCII; give it a short plain name, or null for no field.";
        }
    }

    private static IEnumerable<string> Combinations(HttpCacheOptions options)
    {
        if (options.PendingRemovalsDirectory is { } directory && (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal)))
        {
            yield return $"{nameof(options.PendingRemovalsDirectory)} is '{directory}', which is no directory; set it to the path of one, or to null.";
        }

        if (!Enum.IsDefined(options.Kind))
        {
            yield return $"{nameof(options.Kind)} is {options.Kind}; use {nameof(CacheKind.Private)} or {nameof(CacheKind.Shared)}.";
        }

        if (options.Kind == CacheKind.Private && options.TargetedFields.Count > 0)
        {
            yield return $"{nameof(options.TargetedFields)} are for shared caches (RFC 9213); set {nameof(options.Kind)} to {nameof(CacheKind.Shared)}, or leave them empty.";
        }

        if (options.SingleUser && options.PartitionSelector is not null)
        {
            yield return $"{nameof(options.SingleUser)} and {nameof(options.PartitionSelector)} contradict each other; set one of them.";
        }

        if (options.Heuristic is not null && options.DefaultFreshnessLifetime is not null)
        {
            yield return $"{nameof(options.Heuristic)} and {nameof(options.DefaultFreshnessLifetime)} are two answers to one question; set one of them.";
        }
    }
}
