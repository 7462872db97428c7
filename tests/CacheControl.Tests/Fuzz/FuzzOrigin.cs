using System.Globalization;
using System.Net;
using System.Text;

namespace HttpCaching.Tests.Fuzz;

/// <summary>
/// An origin that follows scripts and notes every exchange. Its full responses carry X-Rep (the representation) and X-Orig (the exchange that
/// brought the body), and all responses X-Exch (the exchange), so that what a cache makes of them can be told apart.
/// </summary>
internal sealed class FuzzOrigin(FuzzClock clock) : HttpMessageHandler
{
    private readonly Dictionary<string, int> _versions = [];
    private readonly Dictionary<string, Representation> _byKey = [];

    private readonly ManualResetEventSlim _gate = new(true);
    private int _callersThread;

    public List<PlainExchange> Exchanges { get; } = [];

    /// <summary>The partition of the request that led to each exchange.</summary>
    public List<string?> Partitions { get; } = [];

    public List<Representation> Representations { get; } = [new(0, "", null, null)];

    /// <summary>The exceptions that the origin has thrown.</summary>
    public HashSet<Exception> Thrown { get; } = [];

    public Step.Send Current { get; private set; } = null!;

    public string? CurrentPartition { get; private set; }

    /// <summary>How often the origin was asked in the current step.</summary>
    public int Calls { get; private set; }

    public HttpResponseMessage? Last { get; private set; }

    public bool WasAskedConditionally { get; private set; }

    public void Begin(Step.Send step, string? partition)
    {
        (Current, CurrentPartition, Calls, Last) = (step, partition, 0, null);
        _callersThread = Environment.CurrentManagedThreadId;
        _gate.Reset();
    }

    /// <summary>Lets validations in the background go on, which wait until the caller has its answer.</summary>
    public void LetBackgroundIn() => _gate.Set();

    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Answer(request));
        }
        catch (HttpRequestException exception)
        {
            return Task.FromException<HttpResponseMessage>(exception);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request);

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        if (Environment.CurrentManagedThreadId != _callersThread)
        {
            _gate.Wait(TimeSpan.FromSeconds(30));
        }

        if (++Calls > 4)
        {
            throw new InvalidOperationException("The origin is asked again and again.");
        }

        var script = Calls == 1 ? Current.First : Current.Second;
        var requestTime = clock.Seconds;
        clock.Advance(script.Delay);
        if (script.Kind == OriginKind.Fails)
        {
            // What an unsafe request changed before the connection was lost, nobody knows.
            var exception = new HttpRequestException(HttpRequestError.ConnectionError, "The origin fails.");
            Thrown.Add(exception);
            throw exception;
        }

        var uri = request.RequestUri!.AbsoluteUri;
        var isUnsafe = request.Method.Method is not ("GET" or "HEAD" or "OPTIONS" or "QUERY");
        if (script.Changes || (isUnsafe && script.Status < 400))
        {
            _versions[uri] = _versions.GetValueOrDefault(uri) + 1;
        }

        var representation = RepresentationFor(request, script, uri);
        var response = Respond(request, script, representation, Exchanges.Count);
        var fields = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v))).ToList();
        WasAskedConditionally = request.Headers.NonValidated.Contains("If-None-Match") || request.Headers.NonValidated.Contains("If-Modified-Since");
        Exchanges.Add(new PlainExchange(request.Method.Method, uri, [.. Current.Fields], (int)response.StatusCode, fields, requestTime, clock.Seconds));
        Partitions.Add(CurrentPartition);
        return Last = response;
    }

    private Representation RepresentationFor(HttpRequestMessage request, OriginScript script, string uri)
    {
        var user = ValueOf(request, "Authorization");
        var names = script.Fields.Where(f => f.Key == "Vary").SelectMany(f => PlainText.Split(f.Value, out _)).Select(n => n.ToLowerInvariant()).Order();
        var selection = string.Join(';', names.Select(n => n + "=" + ValueOf(request, n)));
        var key = $"{uri} {ContentOf(request)} {user} {script.Status} {selection} {_versions.GetValueOrDefault(uri)}";
        if (!_byKey.TryGetValue(key, out var representation))
        {
            _byKey[key] = representation = new Representation(Representations.Count, uri, ContentOf(request), user);
            Representations.Add(representation);
        }

        return representation;
    }

    private HttpResponseMessage Respond(HttpRequestMessage request, OriginScript script, Representation what, int number)
    {
        var isRead = request.Method.Method is "GET" or "HEAD" or "QUERY";
        var tag = TagOf(script.Tag, what.Id);
        var modified = script.LastModified == "right" ? what.LastModified : script.LastModified;
        if (script.Kind == OriginKind.LyingNotModified || script.Status == 304)
        {
            return Message(request, script, 304, number, null, tag, modified);
        }

        if (script.Kind == OriginKind.Honest && isRead && script.Status == 200)
        {
            if (IsNotModified(request, tag, modified))
            {
                return Message(request, script, 304, number, null, tag, modified);
            }

            if (request.Method == HttpMethod.Get && RangeOf(request, tag, what.Body.Length) is { } range)
            {
                return range.Last < 0
                    ? Message(request, script, 416, number, [], tag, modified, ("Content-Range", $"bytes */{what.Body.Length}"))
                    : Part(request, script, what, number, tag, modified, range.First, range.Last);
            }
        }

        if (script.Kind == OriginKind.LyingPart && request.Method == HttpMethod.Get && what.Body.Length > 4)
        {
            return Part(request, script, what, number, tag, modified, 2, what.Body.Length - 2);
        }

        var isHead = request.Method == HttpMethod.Head;
        var body = script.Status == 204 ? [] : what.Body;
        return Message(request, script, script.Status, number, body, tag, modified, (isHead ? "X-Head" : "X-Rep", $"{what.Id}"));
    }

    private HttpResponseMessage Part(
        HttpRequestMessage request, OriginScript script, Representation what, int number, string? tag, string? modified, int first, int last) =>
        Message(request, script, 206, number, what.Body[first..(last + 1)], tag, modified, ("X-Rep", $"{what.Id}"), ("Content-Range", $"bytes {first}-{last}/{what.Body.Length}"));

    private HttpResponseMessage Message(
        HttpRequestMessage request, OriginScript script, int status, int number, byte[]? body, string? tag, string? modified, params (string Name, string Value)[] own)
    {
        var isHead = request.Method == HttpMethod.Head;
        var content = isHead || body is null ? [] : body;
        if (script.Length == LengthKind.Short && content.Length > 3)
        {
            content = content[..^3];
        }

        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            RequestMessage = request,
            Content = script.Length == LengthKind.BodyBreaks && content.Length > 3 ? new StreamContent(new BreakingStream(content, Thrown)) : new ByteArrayContent(content),
        };
        void Add(string name, string? value)
        {
            if (value is not null && !response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        foreach (var (name, value) in script.Fields)
        {
            Add(name, value.StartsWith('{') ? clock.TrueNow.AddSeconds(int.Parse(value.Trim('{', '}'), CultureInfo.InvariantCulture)).ToString("r", CultureInfo.InvariantCulture) : value);
        }

        if (request.Method == HttpMethod.Post && !script.Changes)
        {
            // What a POST has made of the resource, as it says itself.
            Add("Content-Location", request.RequestUri!.PathAndQuery);
        }

        Add("ETag", tag);
        Add("Last-Modified", modified);
        Add("X-Exch", $"{number}");
        Add("X-Orig", status == 304 || isHead ? null : $"{number}");
        foreach (var (name, value) in own)
        {
            Add(name, value);
        }

        if (body is not null && status != 204)
        {
            Add("Content-Length", script.Length == LengthKind.Absent ? null : $"{body.Length}");
        }

        return response;
    }

    private static bool IsNotModified(HttpRequestMessage request, string? tag, string? modified)
    {
        if (ValueOf(request, "If-None-Match") is { } list)
        {
            return list.Trim() == "*" || (tag is not null && PlainText.Split(list, out _).Exists(t => Opaque(t) == Opaque(tag)));
        }

        return PlainText.Date(ValueOf(request, "If-Modified-Since"), 1767268800) is { } since
            && PlainText.Date(modified, 1767268800) is { } at && at <= since;
    }

    private static (int First, int Last)? RangeOf(HttpRequestMessage request, string? tag, int length)
    {
        var range = ValueOf(request, "Range");
        if (range?.StartsWith("bytes=", StringComparison.Ordinal) != true || range.Contains(',')
            || (ValueOf(request, "If-Range") is { } ifRange && (ifRange != tag || ifRange.StartsWith("W/", StringComparison.Ordinal))))
        {
            return null;
        }

        var parts = range[6..].Split('-');
        if (parts.Length != 2 || !int.TryParse(parts[0], out var first))
        {
            return null;
        }

        var last = int.TryParse(parts[1], out var given) ? Math.Min(given, length - 1) : length - 1;
        return first >= length ? (-1, -1) : (first, last);
    }

    private static string? TagOf(TagKind kind, int id) => kind switch
    {
        TagKind.Strong => $"\"e{id}\"",
        TagKind.Weak => $"W/\"e{id}\"",
        TagKind.Unquoted => $"e{id}",
        TagKind.NotAscii => $"\"é{id}\"",
        _ => null,
    };

    /// <summary>What a QUERY asks, as the step has it.</summary>
    private static string? ContentOf(HttpRequestMessage request) => request.Method.Method == "QUERY" && request.Content is { } content
        ? $"{(content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : "")}:{Encoding.ASCII.GetString(content.ReadAsByteArrayAsync().GetAwaiter().GetResult())}"
        : null;

    private static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static string? ValueOf(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out var values) ? string.Join(", ", (IEnumerable<string>)values) : null;

    /// <summary>A body that breaks off with an error after three bytes.</summary>
    private sealed class BreakingStream(byte[] body, HashSet<Exception> thrown) : MemoryStream(body, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position >= 3)
            {
                var exception = new IOException("The body breaks off.");
                thrown.Add(exception);
                throw exception;
            }

            return base.Read(buffer, offset, Math.Min(count, 3 - (int)Position));
        }

        public override void CopyTo(Stream destination, int bufferSize) => CopyAll(destination);

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            CopyAll(destination);
            return Task.CompletedTask;
        }

        private void CopyAll(Stream destination)
        {
            var buffer = new byte[16];
            for (int count; (count = Read(buffer, 0, buffer.Length)) > 0;)
            {
                destination.Write(buffer, 0, count);
            }
        }
    }
}
