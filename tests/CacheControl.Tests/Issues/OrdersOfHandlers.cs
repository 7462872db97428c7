using System.Net;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;

namespace HttpCaching.Tests.Issues;

/// <summary>The start of the host refuses orders of handlers that harm, with the remedy, and no others.</summary>
public sealed class OrdersOfHandlers
{
    [Theory]
    [InlineData(typeof(AddTokenHandler))]
    [InlineData(typeof(OAuthHandler))]
    [InlineData(typeof(DerivedHandler))]
    [InlineData(typeof(OnBehalfOfHandler))]
    [InlineData(typeof(TokenExchangeHandler))]
    [InlineData(typeof(JWTHandler))]
    [InlineData(typeof(ReauthenticationHandler))]
    [InlineData(typeof(auth_handler))]
    [InlineData(typeof(TenantExchangeHandler))]
    [Trait("Spec", "HTC-18")]
    public void Start_CredentialsBelow_IsRefusedWithTheRemedy(Type handler)
    {
        var error = ErrorAtStart(services => services.AddHttpClient("api").AddHttpCaching().AddHttpMessageHandler(() => Make(handler)));

        error.Should().Match($"Client 'api': {handler.Name} is below the cache,*; add it before AddHttpCaching(), set SingleUser * PartitionSelector. If it adds none, call WithAnyHandlerOrder().");
    }

    [Theory]
    [InlineData(typeof(AddTokenHandler))]
    [InlineData(typeof(CookieJarHandler))]
    [Trait("Spec", "HTC-18")]
    public void Start_CredentialsAbove_IsRight(Type handler) =>
        ErrorAtStart(services => services.AddHttpClient("api").AddHttpMessageHandler(() => Make(handler)).AddHttpCaching()).Should().BeNull();

    [Theory]
    [InlineData(typeof(UnauthorizedResponseHandler))]
    [InlineData(typeof(AuthLoggingHandler))]
    [InlineData(typeof(CancellationTokenHandler))]
    [InlineData(typeof(TokenBucketHandler))]
    [InlineData(typeof(AuthorityHandler))]
    [InlineData(typeof(CSRFTokenHandler))]
    [InlineData(typeof(TokenUsageHandler))]
    [InlineData(typeof(RemoveAuthorizationHandler))]
    [InlineData(typeof(CorrelationIdHandler))]
    [InlineData(typeof(UserAgentHandler))]
    [InlineData(typeof(IdempotencyKeyHandler))]
    [Trait("Spec", "HTC-18")]
    public void Start_HandlersThatOnlySoundLikeIt_AreRightBelow(Type handler)
    {
        using var logs = new EventLog();

        ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("api").AddHttpCaching().AddHttpMessageHandler(() => Make(handler))).Should().BeNull();

        logs.Messages.Should().NotContain(message => message.Contains(handler.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("single user")]
    [InlineData("partition")]
    [InlineData("any order")]
    [InlineData("any order for all")]
    [Trait("Spec", "HTC-18")]
    public void Start_CredentialsBelowOnPurpose_IsAccepted(string purpose) =>
        ErrorAtStart(services =>
        {
            var builder = services.AddHttpClient("api").AddHttpCaching(options =>
            {
                options.SingleUser = purpose == "single user";
                options.PartitionSelector = purpose == "partition" ? _ => "tenant" : null;
            });
            if (purpose == "any order")
            {
                builder.WithAnyHandlerOrder();
            }
            else if (purpose == "any order for all")
            {
                services.AddHttpCaching().WithAnyHandlerOrder();
            }

            builder.AddHttpMessageHandler(() => new AddTokenHandler());
        }).Should().BeNull();

    [Theory]
    [InlineData("sockets")]
    [InlineData("client")]
    [InlineData("below a handler")]
    [Trait("Spec", "HTC-18")]
    public void Start_CookiesInThePrimaryHandler_AreRefused(string primary)
    {
        var jar = new CookieContainer();
        jar.Add(new Cookie("session", "secret", "/", "example.org"));

        var error = ErrorAtStart(services => services.AddHttpClient("api").AddHttpCaching().ConfigurePrimaryHttpMessageHandler(() => primary switch
        {
            "sockets" => new SocketsHttpHandler { CookieContainer = jar },
            "client" => new HttpClientHandler { CookieContainer = jar },
            _ => new CancellationTokenHandler { InnerHandler = new SocketsHttpHandler { CookieContainer = jar } },
        }));

        error.Should().Match("Client 'api': *Handler, the primary handler,*; set UseCookies to false *").And.NotContain("secret");
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [Trait("Spec", "HTC-18")]
    public void Start_PrimaryHandlerThatMayKeepCookies_IsRightAndMentioned(bool useCookies, int mentions)
    {
        using var logs = new EventLog();

        ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("api").AddHttpCaching()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = useCookies })).Should().BeNull();
        ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("default").AddHttpCaching()).Should().BeNull();

        logs.Messages.Count(message => message.Contains("UseCookies", StringComparison.Ordinal)).Should().Be(mentions);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("hedging")]
    [InlineData("own")]
    [Trait("Spec", "HTC-18")]
    public void Start_ResilienceAbove_IsRefusedAndBelowIsRight(string kind)
    {
        var error = ErrorAtStart(services => Resilient(services.AddHttpClient("api"), kind).AddHttpCaching());

        error.Should().StartWith("Client 'api': ResilienceHandler is above the cache,").And.Contain("call AddHttpCaching() before it is added");
        ErrorAtStart(services => Resilient(services.AddHttpClient("api").AddHttpCaching(), kind)).Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_ServiceDefaultsWithResilience_AreToldOnceForAllClients()
    {
        var error = ErrorAtStart(services =>
        {
            services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
            services.AddHttpClient("a").AddHttpCaching();
            services.AddHttpClient("b").AddHttpCaching();
            services.AddHttpClient("none");
        });

        error.Should().StartWith("Clients 'a', 'b': ResilienceHandler").And.Contain("If ConfigureHttpClientDefaults adds it, call AddHttpCaching() there as well, before it.");
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_RemedyForServiceDefaults_IsRight() =>
        ErrorAtStart(services =>
        {
            services.ConfigureHttpClientDefaults(http =>
            {
                http.AddHttpCaching();
                http.AddStandardResilienceHandler();
            });
            services.AddHttpClient("a").AddHttpCaching(options => options.StaleIfError = TimeSpan.FromHours(1));
            services.AddHttpClient("b");
            services.AddHttpClient("c").AddHttpMessageHandler(() => new CancellationTokenHandler());
        }).Should().BeNull("of two registrations the last whose order is right counts");

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_ByHabit_IsCheckedToo()
    {
        ErrorAtStart(services =>
        {
            services.AddHttpCaching();
            services.AddHttpClient("api").AddHttpMessageHandler<CachingHandler>().AddHttpMessageHandler(() => new AddTokenHandler());
        }).Should().StartWith("Client 'api': AddTokenHandler is below");
        ErrorAtStart(services => services.AddHttpClient("plain").AddHttpMessageHandler(() => new AddTokenHandler()).Services.AddHttpCaching()).Should().BeNull("that client has no cache");
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_HandlerThatCannotBeMade_DoesNotFailTheStart()
    {
        using var logs = new EventLog(LogLevel.Debug);

        ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("api").AddHttpCaching()
            .AddHttpMessageHandler(_ => throw new InvalidOperationException("only within a request"))).Should().BeNull();

        logs.Messages.Should().Contain(message => message.Contains("is not checked", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_OpensNoStore()
    {
        var made = 0;

        ErrorAtStart(services => services.AddHttpClient("api").AddHttpCaching().UseStore("counted", _ =>
        {
            made++;
            return new MemoryHttpCacheStore();
        })).Should().BeNull();

        made.Should().Be(0);
    }

    [Theory]
    [InlineData("defaults and client")]
    [InlineData("client twice")]
    [InlineData("habit for all and client")]
    [InlineData("habit twice")]
    [Trait("Spec", "DI-3")]
    public async Task CreateClient_RegisteredTwice_HasOneHandler(string ways)
    {
        await using var site = await PipelineSite.StartAsync();
        var services = new ServiceCollection();
        Register(services, ways);
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");

        (await client.GetStringAsync(new Uri(site.Address, "/page")).WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(PipelineSite.Text);
        using var response = await client.GetAsync(new Uri(site.Address, "/page"));

        response.GetCacheStatus()!.Hit.Should().BeTrue();
        site.Requests.Should().HaveCount(1);
        HandlersOf(provider, "x").OfType<CachingHandler>().Should().ContainSingle();
    }

    private static void Register(ServiceCollection services, string ways)
    {
        switch (ways)
        {
            case "defaults and client":
                services.ConfigureHttpClientDefaults(builder => builder.AddHttpCaching());
                services.AddHttpClient("x").AddHttpCaching();
                break;

            case "client twice":
                services.AddHttpClient("x").AddHttpCaching().AddHttpCaching();
                break;

            case "habit for all and client":
                services.AddHttpMessageHandler<CachingHandler>();
                services.AddHttpClient("x").AddHttpCaching();
                break;

            default:
                services.AddHttpMessageHandler<CachingHandler>();
                services.AddHttpClient("x").AddHttpMessageHandler<CachingHandler>();
                break;
        }
    }

    private static IEnumerable<HttpMessageHandler> HandlersOf(IServiceProvider provider, string client)
    {
        for (var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(client); handler is DelegatingHandler delegating; handler = delegating.InnerHandler!)
        {
            yield return handler;
        }
    }

    internal static string? ErrorAtStart(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        register(builder.Services);
        using var host = builder.Build();
        try
        {
            host.Start();
            return null;
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures.Should().ContainSingle().Which;
        }
    }

    private static IHttpClientBuilder Resilient(IHttpClientBuilder builder, string kind)
    {
        switch (kind)
        {
            case "standard":
                builder.AddStandardResilienceHandler();
                break;

            case "hedging":
                builder.AddStandardHedgingHandler();
                break;

            default:
                builder.AddResilienceHandler("own", pipeline => pipeline.AddTimeout(TimeSpan.FromSeconds(1)));
                break;
        }

        return builder;
    }

    internal static DelegatingHandler Make(Type type) => (DelegatingHandler)Activator.CreateInstance(type)!;

    private sealed class AddTokenHandler : DelegatingHandler;

    private class OAuthHandler : DelegatingHandler;

    private sealed class DerivedHandler : OAuthHandler;

    private sealed class CookieJarHandler : DelegatingHandler;

    private sealed class UnauthorizedResponseHandler : DelegatingHandler;

    private sealed class AuthLoggingHandler : DelegatingHandler;

    private sealed class CancellationTokenHandler : DelegatingHandler;

    private sealed class TokenBucketHandler : DelegatingHandler;

    private sealed class AuthorityHandler : DelegatingHandler;

    private sealed class OnBehalfOfHandler : DelegatingHandler;

    private class TokenExchangeHandler : DelegatingHandler;

    private sealed class TenantExchangeHandler : TokenExchangeHandler;

    private sealed class JWTHandler : DelegatingHandler;

    private sealed class ReauthenticationHandler : DelegatingHandler;

    private sealed class auth_handler : DelegatingHandler;

    private sealed class CSRFTokenHandler : DelegatingHandler;

    private sealed class TokenUsageHandler : DelegatingHandler;

    private sealed class RemoveAuthorizationHandler : DelegatingHandler;

    private sealed class CorrelationIdHandler : DelegatingHandler;

    private sealed class UserAgentHandler : DelegatingHandler;

    private sealed class IdempotencyKeyHandler : DelegatingHandler;
}
