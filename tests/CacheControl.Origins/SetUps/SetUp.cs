using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace HttpCaching.Origins.SetUps;

/// <summary>One way to set the pipeline up, over one store.</summary>
internal sealed record SetUp(string Name, Pipeline Pipeline, StoreKind Store)
{
    /// <summary>The set-ups that are played: every pipeline over memory; files and SQLite with two of them, or with all in the long form.</summary>
    public static IReadOnlyList<SetUp> All { get; } =
    [
        .. Enum.GetValues<Pipeline>().Where(pipeline => Tooling.OnlyPipelines?.Contains($"{pipeline}") != false).Select(pipeline => new SetUp(NameOf(pipeline, StoreKind.Memory), pipeline, StoreKind.Memory)),
        .. from store in new[] { StoreKind.File, StoreKind.Sqlite }
           from pipeline in Enum.GetValues<Pipeline>()
           where Tooling.OnlyPipelines is null && (Tooling.Full || pipeline == (store == StoreKind.File ? Pipeline.Registered : Pipeline.RegisteredDecoding))
           select new SetUp(NameOf(pipeline, store), pipeline, store),
    ];

    private bool Decodes => Pipeline is Pipeline.RegisteredDecoding or Pipeline.HabitDecoding;

    /// <summary>Whether the set-up can trust a certificate of the test: a pipeline that the handler makes itself can't be told to.</summary>
    public bool Allows(bool secure) => !secure || Pipeline != Pipeline.Handler;

    public Clients Create(Uri address, bool secure)
    {
        var clock = new ShiftedTime();
        var store = CreateStore(out var owned);
        if (Pipeline == Pipeline.Handler)
        {
            return new Clients(
                new HttpClient { BaseAddress = address },
                null,
                new HttpClient(new CachingHandler(store, Options(new HttpCacheOptions()), clock)) { BaseAddress = address },
                clock,
                decode: false,
                owned);
        }

        var services = new ServiceCollection();
        services.AddSingleton(store);
        services.AddSingleton<TimeProvider>(clock);
        Configure(services.AddHttpClient("plain"), address, secure, Decodes);
        Configure(services.AddHttpClient("bare"), address, secure, decodes: false);
        var cached = services.AddHttpClient("cached");
        Configure(cached, address, secure, Decodes);
        if (Pipeline is Pipeline.Habit or Pipeline.HabitDecoding)
        {
            services.AddHttpCaching(options => Options(options));
            cached.AddHttpMessageHandler<CachingHandler>();
        }
        else
        {
            cached.AddHttpCaching(options => Options(options));
        }

        var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var bare = Pipeline == Pipeline.RegisteredDecoding ? factory.CreateClient("bare") : null;
        return new Clients(factory.CreateClient("plain"), bare, factory.CreateClient("cached"), clock, Decodes, [provider, .. owned]);
    }

    public override string ToString() => Name;

    private static string NameOf(Pipeline pipeline, StoreKind store) => (pipeline switch
    {
        Pipeline.Handler => "new CachingHandler()",
        Pipeline.Registered => "AddHttpCaching()",
        Pipeline.RegisteredDecoding => "AddHttpCaching(), primary decompresses",
        Pipeline.Habit => "AddHttpMessageHandler<CachingHandler>()",
        _ => "AddHttpMessageHandler<CachingHandler>(), primary decompresses",
    }) + (store switch
    {
        StoreKind.Memory => "",
        StoreKind.File => ", files",
        _ => ", SQLite",
    });

    // The origin's clock doesn't go along with the test's.
    private static HttpCacheOptions Options(HttpCacheOptions options)
    {
        options.Freshness.IgnoreDateInAge = true;
        return options;
    }

    private static void Configure(IHttpClientBuilder builder, Uri address, bool secure, bool decodes)
    {
        builder.ConfigureHttpClient(client =>
        {
            client.BaseAddress = address;
            if (secure)
            {
                client.DefaultRequestVersion = HttpVersion.Version20;
                client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher;
            }
        });
        if (!secure && !decodes)
        {
            return;
        }

        builder.ConfigurePrimaryHttpMessageHandler(() =>
        {
            var primary = new SocketsHttpHandler { AutomaticDecompression = decodes ? DecompressionMethods.All : DecompressionMethods.None };
            if (secure)
            {
                primary.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
            }

            return primary;
        });
    }

    private IHttpCacheStore CreateStore(out List<IDisposable> owned)
    {
        owned = [];
        if (Store == StoreKind.Memory)
        {
            var memory = new MemoryHttpCacheStore();
            return memory;
        }

        var folder = Directory.CreateTempSubdirectory("origins-store-").FullName;
        IHttpCacheStore store = Store == StoreKind.File ? new FileHttpCacheStore(folder) : new SqliteHttpCacheStore(Path.Combine(folder, "cache.db"));
        if (store is IDisposable disposable)
        {
            owned.Add(disposable);
        }

        owned.Add(new TemporaryFolder(folder));
        return store;
    }

    private sealed class TemporaryFolder(string path) : IDisposable
    {
        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
