using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>The stores that an application registered. A registration that the application has replaced or removed does not count.</summary>
/// <param name="services">The application's registrations.</param>
internal sealed class StoreRegistrations(IServiceCollection services) : IValidateOptions<HttpCacheOptions>
{
    /// <summary>Refuses the options of a cache whose store is not certain, and those of the shared cache if the default store is not.</summary>
    public ValidateOptionsResult Validate(string? name, HttpCacheOptions options) =>
        ErrorOf(string.IsNullOrEmpty(name) ? null : name) is { } error ? ValidateOptionsResult.Fail(error) : ValidateOptionsResult.Success;

    /// <summary>Throws if several default stores are registered.</summary>
    public void ThrowIfDefaultIsUncertain()
    {
        if (ErrorOf(null) is { } error)
        {
            throw new OptionsValidationException(nameof(HttpCacheOptions), typeof(HttpCacheOptions), [error]);
        }
    }

    /// <summary>Whether a client has a store of its own.</summary>
    public bool HasOwn(string client) => Of(client).Any();

    private string? ErrorOf(string? client)
    {
        var all = Of(client).ToArray();
        if (all.Length < 2 || !all.Any(registration => registration is ChosenStore))
        {
            return null;
        }

        var words = string.Join(" and ", all.Select(WordsOf));
        return client is null
            ? $"{all.Length} default stores are registered: {words}; keep one of them, or choose a store for one client alone by AddHttpClient(…).AddHttpCaching() and the same call. To replace a store on purpose, remove it before: services.RemoveAll<{nameof(IHttpCacheStore)}>()."
            : $"Client '{client}' has {all.Length} stores of its own: {words}; keep one of them.";
    }

    private IEnumerable<ServiceDescriptor> Of(string? client) => services.Where(registration =>
        registration.ServiceType == typeof(IHttpCacheStore) && registration is not UnchosenStore && Equals(registration.ServiceKey, client));

    private static string WordsOf(ServiceDescriptor registration)
    {
        if (registration is ChosenStore chosen)
        {
            return chosen.Words;
        }

        var (type, instance) = registration.IsKeyedService
            ? (registration.KeyedImplementationType, registration.KeyedImplementationInstance)
            : (registration.ImplementationType, registration.ImplementationInstance);
        return (type ?? instance?.GetType()) is { } known ? $"{nameof(IHttpCacheStore)} as {known.Name}" : $"{nameof(IHttpCacheStore)} by a factory";
    }
}
