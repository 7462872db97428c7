using System.Collections.Concurrent;
using System.Globalization;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>
/// What is on its way between the cache and the origin: each request is numbered below the cache, and the origin notes how far it has come with it.
/// A request that stays without an answer can then say which side has lost it.
/// </summary>
internal sealed class Wire
{
    /// <summary>The field that carries the number.</summary>
    public const string FieldName = "X-Wire";

    private readonly ConcurrentDictionary<long, Passage> _passages = new();
    private long _last;

    /// <summary>What is on its way for longer than a time, one a line.</summary>
    public string OlderThan(TimeSpan age)
    {
        var now = Environment.TickCount64;
        var old = _passages.Where(p => now - p.Value.Start >= age.TotalMilliseconds).OrderBy(p => p.Key);
        return string.Concat(old.Select(p => string.Create(
            CultureInfo.InvariantCulture, $"\n  {p.Key}: {p.Value.What}, sent {now - p.Value.Start} ms ago; client: {p.Value.Client}; origin: {p.Value.Origin}")));
    }

    /// <summary>The origin's word on a request.</summary>
    public void Note(string? number, string what)
    {
        if (number is not null && _passages.TryGetValue(long.Parse(number, CultureInfo.InvariantCulture), out var passage))
        {
            passage.Origin = string.Create(CultureInfo.InvariantCulture, $"{what} at {Environment.TickCount64 - passage.Start} ms");
        }
    }

    /// <summary>The handler that numbers what is sent through it.</summary>
    public DelegatingHandler Over(HttpMessageHandler inner) => new Handler(this) { InnerHandler = inner };

    private sealed class Passage(string what)
    {
        public string What { get; } = what;

        public long Start { get; } = Environment.TickCount64;

        public volatile string Client = "waits for the head";

        public volatile string Origin = "has not seen it";
    }

    private sealed class Handler(Wire wire) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref wire._last);
            request.Headers.Remove(FieldName);
            request.Headers.TryAddWithoutValidation(FieldName, number.ToString(CultureInfo.InvariantCulture));
            wire._passages[number] = new Passage($"{request.Method} {request.RequestUri?.AbsolutePath}");
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                wire._passages.TryRemove(number, out _);
            }
        }
    }
}
