using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using HttpCaching.StoreContract;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>One cache under a mixed load, and what its callers saw.</summary>
internal sealed class SoakLoad : IDisposable
{
    private readonly RoughOrigin _origin;
    private readonly HttpCache _cache;
    private readonly HttpClient _good;
    private readonly HttpClient _rough;
    private long _requests;
    private long _wholeBodies;
    private long _hits;
    private long _failures;

    public SoakLoad(string name, RoughOrigin origin, IHttpCacheStore store)
    {
        Name = name;
        _origin = origin;
        Store = new CountingStore(store);
        var options = new HttpCacheOptions { Store = { KeepIncompleteAbove = 1000 }, StaleIfError = TimeSpan.FromSeconds(1), SoftTimeout = TimeSpan.FromMilliseconds(300) };
        _cache = new HttpCache(Store, options);
        (_good, _rough) = (NewClient("good/"), NewClient("rough/"));
    }

    public string Name { get; }

    public CountingStore Store { get; }

    /// <summary>What should not have been seen.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public long WholeBodies => Volatile.Read(ref _wholeBodies);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name}: {_requests} requests, {_hits} hits, {_wholeBodies} whole bodies checked, {_failures} failures that the origin caused");

    /// <summary>Sends requests until the time is up, a few at a time.</summary>
    public Task RunAsync(int workers, CancellationToken end, int seed) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(new Random(seed + worker), end), CancellationToken.None)));

    public void Dispose()
    {
        _good.Dispose();
        _rough.Dispose();
        _cache.Dispose();
    }

    private HttpClient NewClient(string path) => new(new CachingHandler(_cache)
    {
        InnerHandler = _origin.Wire.Over(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1), UseProxy = false }),
    })
    {
        BaseAddress = new Uri(_origin.Address, path),
        Timeout = TimeSpan.FromSeconds(60),
    };

    private async Task WorkAsync(Random random, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var isRough = random.Next(2) == 0;
            await AskAsync(random, isRough ? _rough : _good, isRough, random.Next(RoughOrigin.Resources).ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task AskAsync(Random random, HttpClient client, bool isRough, string resource)
    {
        var kind = random.Next(32);
        using var request = new HttpRequestMessage(
            kind switch { 0 => HttpMethod.Put, 1 or 2 => HttpMethod.Head, _ => HttpMethod.Get }, resource);
        switch (kind)
        {
            case 3:
                request.Headers.Range = new RangeHeaderValue(random.Next(20_000), null);
                break;
            case 4:
                request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
                break;
            case 5:
                request.Headers.TryAddWithoutValidation("If-None-Match", "\"somebody's\"");
                break;
        }

        if (random.Next(2) == 0)
        {
            request.Headers.TryAddWithoutValidation("Accept-Language", random.Next(2) == 0 ? "de" : "en");
        }

        using var patience = new CancellationTokenSource();
        if (kind is >= 6 and < 10)
        {
            patience.CancelAfter(random.Next(40));
        }

        var path = new Uri(client.BaseAddress!, resource).AbsolutePath;
        var start = Environment.TickCount64;
        Interlocked.Increment(ref _requests);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            await CheckAsync(random, request, response, kind, isRough, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // The caller's own.
        }
        catch (Exception exception) when (isRough && exception is HttpRequestException or IOException && _origin.LastFaultOf(path) >= start - 3000)
        {
            Interlocked.Increment(ref _failures);
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            Faults.Enqueue($"{request.Method} {path} ({kind}) got no answer within a minute. On the way between cache and origin since five seconds or longer:{_origin.Wire.OlderThan(TimeSpan.FromSeconds(5))}\n{exception}");
        }
        catch (Exception exception)
        {
            Faults.Enqueue($"{request.Method} {path} ({kind}) failed though the origin had done nothing: {exception}");
        }
    }

    private async Task CheckAsync(Random random, HttpRequestMessage request, HttpResponseMessage response, int kind, bool isRough, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.GetCacheStatus() is { Hit: true })
        {
            Interlocked.Increment(ref _hits);
        }

        if (status is not (200 or 206) || request.Method != HttpMethod.Get)
        {
            // A 304 of a rough origin is one that nobody asked for: it is passed on as it came.
            if (!((status == 204 && kind == 0) || status == 200 || (status == 503 && isRough) || (status == 416 && kind == 3) || (status == 304 && isRough)))
            {
                Faults.Enqueue($"{request.Method} {request.RequestUri} ({kind}) was answered by {status}");
            }

            return;
        }

        var named = response.Headers.NonValidated["X-Body"].ToString().Split(' ');
        var (id, length) = (long.Parse(named[0], CultureInfo.InvariantCulture), long.Parse(named[1], CultureInfo.InvariantCulture));
        var offset = response.Content.Headers.ContentRange?.From ?? 0;
        var isLeft = kind is 10 or 11;
        var body = new MemoryStream();
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[random.Next(1, 80_000)];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            body.Write(buffer, 0, count);
            if (isLeft)
            {
                break;
            }

            if (kind == 12)
            {
                await Task.Delay(1, cancellationToken);
            }
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        var isRight = isLeft || bytes.Length == length - offset;
        if (!isLeft && status == 200)
        {
            isRight &= RoughOrigin.HashOf(bytes) == response.Headers.NonValidated["X-Hash"].ToString();
            Interlocked.Increment(ref _wholeBodies);
        }
        else
        {
            isRight &= SelfDescribingBody.Matches(id, length, offset, bytes);
        }

        if (!isRight)
        {
            Faults.Enqueue($"{request.RequestUri} ({kind}), {status}, {response.GetCacheStatus()}: {bytes.Length} bytes from {offset} are not those of {named[0]}, {named[1]}");
        }
    }
}
