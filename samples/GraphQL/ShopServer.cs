using GraphQL;
using GraphQL.SystemTextJson;
using GraphQL.Transport;

namespace GraphQLSample;

/// <summary>A GraphQL server on a free port of this machine. It knows nothing of caches and sends no field for them.</summary>
internal sealed class ShopServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ShopServer(WebApplication app) => _app = app;

    /// <summary>Where requests go.</summary>
    public Uri Address => new(new Uri(_app.Urls.First()), "/graphql");

    /// <summary>Starts a server.</summary>
    /// <param name="shop">What it serves.</param>
    public static async Task<ShopServer> StartAsync(Shop shop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var (schema, serializer) = (shop.ToSchema(), new GraphQLSerializer());
        app.MapPost("/graphql", async context =>
        {
            var asked = await serializer.ReadAsync<GraphQLRequest>(context.Request.Body, context.RequestAborted).ConfigureAwait(false);
            var result = await new DocumentExecuter().ExecuteAsync(options =>
            {
                options.Schema = schema;
                options.Query = asked!.Query;
                options.OperationName = asked.OperationName;
                options.Variables = asked.Variables;
                options.CancellationToken = context.RequestAborted;
            }).ConfigureAwait(false);
            context.Response.ContentType = "application/json";
            await serializer.WriteAsync(context.Response.Body, result, context.RequestAborted).ConfigureAwait(false);
        });
        await app.StartAsync().ConfigureAwait(false);
        return new ShopServer(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync().ConfigureAwait(false);
}
