using HttpCaching.Tests.Control;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refit;

namespace HttpCaching.Tests.Issues;

/// <summary>Handlers below the cache that may add fields of a user: mentioned if that is not certain, refused with a remedy that holds if it is.</summary>
public sealed class UsersToldApartBelow
{
    [Theory]
    [InlineData(typeof(ApiKeyHandler), false)]
    [InlineData(typeof(APIKeyHandler), false)]
    [InlineData(typeof(SubscriptionKeyHandler), false)]
    [InlineData(typeof(HmacSigningHandler), false)]
    [InlineData(typeof(TenantHandler), false)]
    [InlineData(typeof(CurrentUserHandler), false)]
    [InlineData(typeof(HeaderPropagationMessageHandler), false)]
    [InlineData(typeof(TenantHandler), true)]
    [Trait("Spec", "HTC-18")]
    public void Start_HandlersThatMayTellUsersApart_AreRightAndMentioned(Type handler, bool singleUser)
    {
        using var logs = new EventLog();

        OrdersOfHandlers.ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("api")
            .AddHttpCaching(options => options.SingleUser = singleUser).AddHttpMessageHandler(() => OrdersOfHandlers.Make(handler))).Should().BeNull();
        OrdersOfHandlers.ErrorAtStart(services => services.AddSingleton<ILoggerFactory>(logs).AddHttpClient("above").AddHttpMessageHandler(() => OrdersOfHandlers.Make(handler)).AddHttpCaching()).Should().BeNull();

        logs.Messages.Where(message => message.Contains($"Client 'api': {handler.Name} is below the cache", StringComparison.Ordinal)).Should().HaveCount(singleUser ? 0 : 1);
        logs.Messages.Should().NotContain(message => message.Contains("'above'", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_CookiesBelow_AreRefusedWithARemedyThatHolds()
    {
        var error = OrdersOfHandlers.ErrorAtStart(services => services.AddHttpClient("api").AddHttpCaching().AddHttpMessageHandler(() => new CookieJarHandler()));

        error.Should().Match($"Client 'api': {nameof(CookieJarHandler)} is below the cache,*; add it before AddHttpCaching() and 'Cookie' to Keys.Fields, set SingleUser * PartitionSelector.*");
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public async Task CookiesAbove_WithCookieInTheKey_KeepUsersApart()
    {
        var origin = new ScriptedOrigin { Otherwise = request => ScriptedOrigin.Response(200, request.Headers.GetValues("Cookie").Single(), ("Cache-Control", "private, max-age=60")) };
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddHttpCaching(options => options.Keys.Fields.Add("Cookie")).ConfigurePrimaryHttpMessageHandler(() => origin);
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var user in new[] { "a", "b", "a", "b" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://h/") { Headers = { { "Cookie", user } } };
            using var response = await client.SendAsync(request);
            (await response.Content.ReadAsStringAsync()).Should().Be(user);
        }

        origin.Requests.Should().HaveCount(2);
    }

    [Fact]
    [Trait("Spec", "HTC-18")]
    public void Start_CredentialsOfTheLibraryInThePrimaryHandler_AreRefusedWithARemedyThatCanBeFollowed()
    {
        var error = OrdersOfHandlers.ErrorAtStart(services => services.AddRefitClient<IRefitApi>(new RefitSettings { AuthorizationHeaderValueGetter = (_, _) => ValueTask.FromResult("token") }).AddHttpCaching());

        error.Should().Contain("AuthenticatedHttpClientHandler is below the cache").And.Contain("it is part of the primary handler, so leave it out and add a handler that does the same before AddHttpCaching()");
    }

    public interface IRefitApi
    {
        [Get("/page")]
        [Headers("Authorization: Bearer")]
        Task<string> GetPage();
    }

    private sealed class ApiKeyHandler : DelegatingHandler;

    private sealed class APIKeyHandler : DelegatingHandler;

    private sealed class SubscriptionKeyHandler : DelegatingHandler;

    private sealed class HmacSigningHandler : DelegatingHandler;

    private sealed class TenantHandler : DelegatingHandler;

    private sealed class CurrentUserHandler : DelegatingHandler;

    private sealed class HeaderPropagationMessageHandler : DelegatingHandler;

    private sealed class CookieJarHandler : DelegatingHandler;
}
