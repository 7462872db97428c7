using HttpCaching.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpCaching.DependencyInjection;

/// <summary>When the host starts, collects the handlers of each client that has a cache, and refuses a wrong order.</summary>
/// <param name="provider">The services.</param>
/// <param name="exemptions">The clients that are not checked.</param>
internal sealed class HandlerOrderCheck(IServiceProvider provider, IEnumerable<HandlerOrderExemption> exemptions) : IValidateOptions<HandlerOrderOptions>
{
    private readonly ILogger _logger = QuietLogger.Of(provider.GetService<ILoggerFactory>(), "CacheControl");

    public ValidateOptionsResult Validate(string? name, HandlerOrderOptions options)
    {
        var skipped = exemptions.Select(exemption => exemption.Client).ToHashSet();
        if (skipped.Contains(null))
        {
            return ValidateOptionsResult.Skip;
        }

        // Of handlers for all clients, each client has the same to be told.
        string[] errors =
        [
            .. from client in Clients().Where(client => !skipped.Contains(client))
               from error in ErrorsOf(client).Distinct()
               group client by error into same
               select $"{WordsOf([.. same])}: {same.Key}",
        ];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static string WordsOf(string[] clients) =>
        clients is [""] ? "The client without a name"
        : $"Client{(clients.Length > 1 ? "s" : string.Empty)} {string.Join(", ", clients.Select(client => $"'{client}'"))}";

    private IEnumerable<string> Clients() => provider.GetServices<IConfigureOptions<HttpClientFactoryOptions>>()
        .OfType<ConfigureNamedOptions<HttpClientFactoryOptions>>().Select(configure => configure.Name ?? Options.DefaultName).Distinct();

    private string[] ErrorsOf(string client)
    {
        var scope = provider.CreateAsyncScope();
        try
        {
            var pipeline = new InspectedPipeline(client, scope.ServiceProvider);
            Collect(pipeline);
            var primary = pipeline.PrimaryHandler;
            if (PlaceOfCache.In(pipeline.AdditionalHandlers, primary, client, scope.ServiceProvider) is not { } place)
            {
                return [];
            }

            if (pipeline.IsPrimaryChosen && HandlerOrder.MayKeepCookies(primary, place.Options))
            {
                Log.CookiesBelow(_logger, client);
            }

            foreach (var handler in HandlerOrder.MayTellUsersApart([.. pipeline.AdditionalHandlers], place.Index, primary, place.Options))
            {
                Log.UserFieldsBelow(_logger, client, handler);
            }

            return [.. HandlerOrder.ErrorsOf([.. pipeline.AdditionalHandlers], place.Index, primary, place.Options)];
        }
        catch (Exception exception)
        {
            // A handler that can't be made fails the client's first request, with or without a cache. Wrong options are refused by their own validation.
            Log.OrderNotChecked(_logger, exception, client);
            return [];
        }
        finally
        {
            scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Does with the pipeline as the factory does: filters around the actions of the options.</summary>
    private void Collect(InspectedPipeline pipeline)
    {
        var actions = provider.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(pipeline.Name).HttpMessageHandlerBuilderActions;
        Action<HttpMessageHandlerBuilder> configure = builder =>
        {
            foreach (var action in actions)
            {
                action(builder);
            }
        };
        foreach (var filter in provider.GetServices<IHttpMessageHandlerBuilderFilter>().Reverse())
        {
            configure = filter.Configure(configure);
        }

        configure(pipeline);
    }
}
