using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using HttpCaching.StoreContract;

namespace HttpCaching.Redis.Tests.Faults;

/// <summary>An origin whose bodies say of which path and version they are. Counts the GET requests of each path; PUT makes a new version.</summary>
internal sealed class VersionedHandler(int bodyBytes) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, int> _gets = new();
    private readonly ConcurrentDictionary<string, int> _versions = new();

    /// <summary>What responses say of their freshness.</summary>
    public string CacheControl { get; set; } = "max-age=3600";

    /// <summary>How many GET requests there were.</summary>
    public int Gets => _gets.Values.Sum();

    /// <summary>How many GET requests there were for a path.</summary>
    public int GetsOf(string path) => _gets.GetValueOrDefault("/" + path);

    /// <summary>The version that a path has now.</summary>
    public int VersionOf(string path) => _versions.GetValueOrDefault("/" + path);

    /// <summary>The version that a body is of, after a look at every byte of it.</summary>
    public int Check(string path, byte[] body)
    {
        var end = Array.IndexOf(body, (byte)'\n');
        end.Should().BePositive();
        var words = Encoding.ASCII.GetString(body, 0, end).Split(' ');
        words[0].Should().Be("/" + path);
        var version = int.Parse(words[1], CultureInfo.InvariantCulture);
        (body.Length - end - 1).Should().Be(bodyBytes);
        SelfDescribingBody.Matches(IdOf("/" + path, version), bodyBytes, 0, body.AsSpan(end + 1)).Should().BeTrue("each byte follows from path and version");
        return version;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var path = request.RequestUri!.AbsolutePath;
        if (request.Method == HttpMethod.Put)
        {
            _versions.AddOrUpdate(path, 1, static (_, version) => version + 1);
            return new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request };
        }

        _gets.AddOrUpdate(path, 1, static (_, count) => count + 1);
        var known = _versions.GetValueOrDefault(path);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{known}\"");
        var response = request.Headers.IfNoneMatch.Any(t => t.Tag == tag)
            ? new HttpResponseMessage(HttpStatusCode.NotModified) { RequestMessage = request }
            : new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(BodyOf(path, known)) };
        response.Headers.Date = DateTimeOffset.UtcNow;
        response.Headers.TryAddWithoutValidation("Cache-Control", CacheControl);
        response.Headers.TryAddWithoutValidation("ETag", tag);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private static long IdOf(string path, int version) => (path.Sum(c => (long)c) << 20) + version;

    private byte[] BodyOf(string path, int version) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path} {version}\n")), .. SelfDescribingBody.Create(IdOf(path, version), bodyBytes),
    ];
}
