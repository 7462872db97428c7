using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Issues.Extremes;

/// <summary>Real requests over a store that was opened with an option at an extreme: the answers are right, and nothing is logged as trouble.</summary>
internal sealed class StoreWalk : HttpMessageHandler, ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _troubles = new();
    private int _version = 1;

    /// <summary>Opens a store with each extreme value of the option; each is refused by name, or serves.</summary>
    /// <param name="name">The option.</param>
    /// <param name="time">The clock of the store and of the cache.</param>
    /// <param name="open">Opens the store.</param>
    /// <typeparam name="TOptions">The store's options.</typeparam>
    public static async Task CheckAsync<TOptions>(string name, FakeTimeProvider time, Func<TOptions, IHttpCacheStore> open)
        where TOptions : new()
    {
        var option = typeof(TOptions).GetProperty(name)!;
        foreach (var value in Extremes.ValuesOf(option))
        {
            var options = new TOptions();
            option.SetValue(options, value);
            IHttpCacheStore store;
            try
            {
                store = open(options);
            }
            catch (ArgumentException refusal)
            {
                refusal.Message.Should().Contain(name).And.MatchRegex("set it to|lower|raise");
                continue;
            }

            using (store as IDisposable)
            {
                using var walk = new StoreWalk();
                await walk.RunAsync(store, time, $"{name} = {value}");
            }
        }
    }

    private async Task RunAsync(IHttpCacheStore store, FakeTimeProvider time, string setting)
    {
        using var cache = new HttpCache(store, new HttpCacheOptions { Store = { Timeout = TimeSpan.FromMinutes(5) } }, time, this);
        using var client = new HttpClient(new CachingHandler(cache) { InnerHandler = this });
        for (var round = 0; round < 3; round++)
        {
            foreach (var path in new[] { "/small", "/large", "/small", "/large", "/vary", "/gone" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"http://h{path}");
                request.Headers.Add("Accept-Language", round == 0 ? "de" : "en");
                using var response = await client.SendAsync(request);
                var body = await response.Content.ReadAsByteArrayAsync();
                body.Should().Equal(BodyOf(request), "{0} is harmless", setting);
            }

            if (round == 1)
            {
                _version++;
                using var _ = await client.PutAsync("http://h/small", new StringContent("x"));
                using var __ = await client.PutAsync("http://h/large", new StringContent("x"));
                using var ___ = await client.PutAsync("http://h/vary", new StringContent("x"));
            }

            time.Advance(TimeSpan.FromSeconds(61));
        }

        if (store is IHttpCacheStoreMaintenance maintenance)
        {
            try
            {
                await maintenance.RemoveByTagAsync("none", default);
                await foreach (var _ in maintenance.EnumerateAsync(default))
                {
                    // Reads all heads.
                }

                await maintenance.ClearAsync(default);
            }
            catch (NotSupportedException)
            {
                // A tier over a store that can't, or an engine that can't list.
            }
        }

        _troubles.Should().BeEmpty("{0} is harmless", setting);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage { RequestMessage = request };
        if (request.Method == HttpMethod.Put)
        {
            return Task.FromResult(response);
        }

        response.Headers.Add("Cache-Control", "max-age=60");
        response.Headers.Add("ETag", $"\"{_version}\"");
        if (request.RequestUri!.AbsolutePath == "/vary")
        {
            response.Headers.Add("Vary", "Accept-Language");
        }

        if (request.Headers.IfNoneMatch.Any(t => t.Tag == $"\"{_version}\"") && request.RequestUri.AbsolutePath != "/vary")
        {
            response.StatusCode = HttpStatusCode.NotModified;
        }
        else
        {
            response.StatusCode = request.RequestUri.AbsolutePath == "/gone" ? HttpStatusCode.Gone : HttpStatusCode.OK;
            response.Content = new ByteArrayContent(BodyOf(request));
        }

        return Task.FromResult(response);
    }

    private byte[] BodyOf(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        var line = Encoding.ASCII.GetBytes($"{path} {_version} {(path == "/vary" ? request.Headers.AcceptLanguage.ToString() : string.Empty)}\n");
        return path == "/large" ? [.. Enumerable.Repeat(line, 40_000).SelectMany(b => b)] : line;
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _troubles.Enqueue(formatter(state, exception) + exception);
        }
    }
}
