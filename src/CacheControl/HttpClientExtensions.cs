namespace HttpCaching;

/// <summary>Extensions of a client that has a cache.</summary>
public static class HttpClientExtensions
{
    /// <summary>
    /// Fills the cache of a client: asks for each URI with GET and reads the response to its end. The requests go through all handlers of the client, so that they have its
    /// credentials and the responses are found by its later requests. A failure is counted and the rest goes on.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="uris">The URIs, read as they are needed.</param>
    /// <param name="degree">The most requests at one time.</param>
    /// <param name="progress">Told after each URI, by one thread at a time; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the prefetch; what is stored by then stays stored.</param>
    /// <returns>The end of the progress.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="degree"/> is less than one.</exception>
    /// <exception cref="InvalidOperationException">The client has no cache.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<PrefetchProgress> PrefetchAsync(
        this HttpClient client, IEnumerable<Uri> uris, int degree = 4, IProgress<PrefetchProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(uris);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        var order = new Lock();
        var sum = default(PrefetchProgress);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(uris, parallel, async (uri, token) =>
        {
            var one = await PrefetchOneAsync(client, uri, token).ConfigureAwait(false);
            lock (order)
            {
                sum = Sum(sum, one);
                progress?.Report(sum);
            }
        }).ConfigureAwait(false);
        return sum;
    }

    private static async ValueTask<PrefetchProgress> PrefetchOneAsync(HttpClient client, Uri uri, CancellationToken cancellationToken)
    {
        CacheStatus? status;
        bool isOther;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            isOther = uri is { IsAbsoluteUri: true } && uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps;
            await response.Content.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode >= 400)
            {
                return new PrefetchProgress { Failed = 1, LastFailed = uri };
            }

            status = response.GetCacheStatus();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new PrefetchProgress { Failed = 1, LastFailed = uri };
        }

        return status switch
        {
            // The cache passes on what is no http, without a word.
            null when isOther => new PrefetchProgress { NotStored = 1 },
            null => throw new InvalidOperationException("The client has no cache: add one with AddHttpCaching(), or give it a CachingHandler."),
            { Hit: true } => new PrefetchProgress { AlreadyStored = 1 },
            { Stored: true } => new PrefetchProgress { Stored = 1 },
            _ => new PrefetchProgress { NotStored = 1 },
        };
    }

    private static PrefetchProgress Sum(PrefetchProgress one, PrefetchProgress other) => new(
        one.AlreadyStored + other.AlreadyStored,
        one.Stored + other.Stored,
        one.NotStored + other.NotStored,
        one.Failed + other.Failed,
        other.LastFailed ?? one.LastFailed);
}
