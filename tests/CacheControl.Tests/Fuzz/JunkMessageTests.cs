using System.Net;
using CsCheck;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Values that HttpClient lets through although no wire would: the handler passes them on and never fails because of them.</summary>
public sealed class JunkMessageTests
{
    private static readonly Gen<(string Name, string Value)> ResponseLine = Gen.Select(
        Gen.OneOf("Cache-Control", "Expires", "Date", "Age", "Vary", "ETag", "Last-Modified", "Pragma", "Content-Type", "Content-Location", "Content-Range", "Set-Cookie", "Connection", "Cache-Groups", "X-Any"),
        HeaderGen.Junk);

    private static readonly Gen<(string Name, string Value)> RequestLine = Gen.Select(
        Gen.OneOf("Cache-Control", "Pragma", "Range", "If-Range", "If-None-Match", "If-Modified-Since", "Authorization", "Accept", "Accept-Language", "Accept-Encoding", "Cookie", "X-Any", "Host"),
        HeaderGen.Junk);

    [Fact]
    public void Send_JunkFields_NeverFailsAndGivesTheWholeBody() =>
        Gen.Select(ResponseLine.Array[0, 4], RequestLine.Array[0, 3], Gen.OneOf("max-age=60", "max-age=0", ""), Gen.OneOf(200, 304, 404, 206), Gen.Bool)
            .Sample(Check, iter: Math.Max(1, FuzzSize.Histories / 4), print: c =>
                $"{c.Item3} then {c.Item4}: {string.Join(" | ", c.Item1.Select(l => l.Name + ": " + l.Value))} for {string.Join(" | ", c.Item2.Select(l => l.Name + ": " + l.Value))}");

    private static void Check((string Name, string Value)[] response, (string Name, string Value)[] request, string control, int second, bool isShared)
    {
        using var origin = new Origin(response, control, second);
        using var cache = new HttpCache(null, new HttpCacheOptions { Kind = isShared ? CacheKind.Shared : CacheKind.Private }, new FuzzClock());
        using var invoker = new HttpMessageInvoker(new CachingHandler(cache) { InnerHandler = origin });
        for (var i = 0; i < 3; i++)
        {
            using var message = CacheFixture.Request("GET", "http://h/", request);
            try
            {
                using var answer = invoker.Send(message, default);
                (answer.GetCacheStatus() is not null || message.Headers.NonValidated.Contains("Host")).Should().BeTrue("only a Host that names no host keeps a request out");
                var body = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    body.Should().Be("body");
                }
            }
            catch (HttpRequestException exception)
            {
                exception.Message.Should().Contain("304");
                origin.LastStatus.Should().Be(304);
            }
        }
    }

    private sealed class Origin((string Name, string Value)[] lines, string control, int second) : HttpMessageHandler
    {
        private bool _wasAsked;

        public int LastStatus { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            LastStatus = _wasAsked ? second : 200;
            _wasAsked = true;
            var response = ScriptedOrigin.Response(LastStatus, LastStatus == 304 ? null : LastStatus == 206 ? "od" : "body", [("Cache-Control", control), .. lines]);
            response.RequestMessage = request;
            return response;
        }
    }
}
