using System.Collections.Concurrent;

namespace QuickStart;

/// <summary>Stands below the cache and notes what goes to the origin.</summary>
public sealed class Wire : DelegatingHandler
{
    private static readonly string[] Shown = ["If-None-Match", "If-Modified-Since", "If-Range", "Range"];

    private readonly ConcurrentQueue<WireExchange> _exchanges;

    /// <summary>A handler that notes into a list of its owner's.</summary>
    /// <param name="exchanges">The list.</param>
    public Wire(ConcurrentQueue<WireExchange> exchanges) => _exchanges = exchanges;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var conditions = Shown.Where(request.Headers.NonValidated.Contains).ToArray();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);

            // Only to count the bytes; an application would let the body stream.
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var isEmpty = request.Method == HttpMethod.Head || (int)response.StatusCode is 204 or 304;
            _exchanges.Enqueue(new WireExchange(request.Method.Method, conditions, (int)response.StatusCode, isEmpty ? 0 : response.Content.Headers.ContentLength ?? 0));
            return response;
        }
        catch
        {
            _exchanges.Enqueue(new WireExchange(request.Method.Method, conditions, 0, 0));
            throw;
        }
    }
}
