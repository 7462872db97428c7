using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using HttpCaching.Conformance.Proxy;

namespace HttpCaching.Conformance;

/// <summary>samples/EdgeCache as its users start it, in front of an origin whose every byte is the test's.</summary>
[Collection(EdgeCollection.Name)]
public sealed class EdgeCacheTests
{
    private const string Fresh = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi";

    [Fact]
    [Trait("Spec", "STO-2")]
    public async Task Interim_responses_are_dropped_and_the_final_one_is_kept()
    {
        using var origin = new ScriptedListener(
            "HTTP/1.1 102 Processing\r\nX-Interim: 102\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nCache-Control: no-store\r\n\r\n" + Fresh);
        await using var edge = await EdgeProcess.StartAsync(origin.Address);

        var first = await AskAsync(edge);
        var second = await AskAsync(edge);

        first.Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("hi").And.NotContain("Link:").And.NotContain("X-Interim").And.NotContain("no-store");
        second.Should().Contain("Cache-Status: EdgeCache;hit").And.EndWith("hi").And.NotContain("Link:");
        origin.Requests.Should().HaveCount(1);
        edge.Faults.Should().BeEmpty();
    }

    [Fact]
    public async Task Messages_pass_as_they_are_but_for_what_a_gateway_has_to_change()
    {
        using var origin = new ScriptedListener(
            "HTTP/1.1 299 What Ever\r\nX-Text: \u00fc\u00a3\r\nX-Two: a\r\nX-Two: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: Hop\r\nHop: 1\r\nContent-Length: 2\r\n\r\nhi");
        await using var edge = await EdgeProcess.StartAsync(origin.Address);

        var response = await AskAsync(edge, "/a%2Fb?c=%2C", "X-Text: \u00fc\r\nX-Forwarded-Host: evil\r\nForwarded: for=evil\r\nTE: trailers\r\n");

        var request = origin.Requests.Single();
        request.Should().StartWith("GET /a%2Fb?c=%2C HTTP/1.1\r\n").And.Contain($"Host: {origin.Address.Authority}\r\n").And.Contain("X-Text: \u00fc\r\n").And.Contain("Via: 1.1 EdgeCache\r\n");
        request.Should().NotContain("evil").And.NotContain("TE:");
        response.Should().StartWith("HTTP/1.1 299 What Ever\r\n").And.Contain("X-Text: \u00fc\u00a3\r\n").And.Contain("X-Two: a\r\nX-Two: b\r\n").And.Contain("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
        response.Should().NotContain("Hop").And.NotContain("Server:");
    }

    /// <summary>The names that published work on cache poisoning has used against real sites, and those of the lists that its tools guess from.</summary>
    [Theory]
    [InlineData("X-Forwarded-Host X-Forwarded-Scheme X-Forwarded-Proto X-Forwarded-Port X-Forwarded-For X-Forwarded-Server X-Forwarded-SSL X-Forwarded-Prefix X-Forwarded-Path X-Forwarded-By X-Forwarded-Protocol X-Forward-For X-Forward-Host X-Forward-Proto X-Forwarded")]
    [InlineData("Forwarded X-Original-URL X-Original-Host X-Original-Remote-Addr X-Original-Method X-Rewrite-URL X-Rewrite-Path X-Host X-Host-Override X-HTTP-Host-Override X-HTTP-Host X-HTTP-DestinationURL X-Backend-Host X-Gateway-Host Base-Url Request-Uri Url Uri X-Url X-Uri")]
    [InlineData("X-Real-IP True-Client-IP CF-Connecting-IP Fastly-Client-IP X-Client-IP X-Cluster-Client-IP Client-IP X-Originating-IP X-Remote-IP X-Remote-Addr X-ProxyUser-Ip X-Azure-ClientIP")]
    [InlineData("Front-End-Https Proxy X-Proxy-Url X-Url-Scheme X-Scheme X-Proto X-Server X-HTTP-Method-Override X-HTTP-Method X-Method-Override X-Middleware-Prefetch X-Middleware-Subrequest X-Invoke-Status X-Invoke-Path X-Matched-Path X-Now-Route-Matches X-Amz-Website-Location-Redirect-Behavior")]
    [InlineData("X_Forwarded_Host X-Forwarded_Host HTTP_PROXY X_REAL_IP any_name")]
    public async Task What_a_client_claims_of_its_way_never_reaches_the_upstream(string names)
    {
        using var origin = new ScriptedListener(Fresh);
        await using var edge = await EdgeProcess.StartAsync(origin.Address);

        var fields = names.Split(' ').SelectMany(name => new[] { name, name.ToLowerInvariant() }).Select(name => $"{name}: evil\r\n");
        await AskAsync(edge, "/", string.Concat(fields) + "X-Requested-With: kept\r\nSec-Fetch-Site: kept-too\r\n");

        origin.Requests.Single().Should().NotContain("evil").And.Contain("X-Requested-With: kept\r\n").And.Contain("Sec-Fetch-Site: kept-too\r\n");
    }

    [Fact]
    public async Task No_tunnel_is_opened()
    {
        using var origin = new ScriptedListener();
        await using var edge = await EdgeProcess.StartAsync(origin.Address);

        (await AskAsync(edge, "example.org:443", method: "CONNECT")).Should().StartWith("HTTP/1.1 405 ").And.Contain("Allow: GET");
        origin.Requests.Should().BeEmpty();
    }

    /// <summary>A plain hit is answered before the forwarder; a request with a directive of its own goes through it.</summary>
    [Theory]
    [InlineData("Content-Length: 2\r\n\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\nVary: Accept-Encoding, X-Real-IP\r\n\r\nhi")]
    public async Task A_hit_has_the_same_bytes_before_the_forwarder_and_through_it(string end)
    {
        using var origin = new ScriptedListener(
            "HTTP/1.1 200 Fine\r\nCache-Control: max-age=600\r\nDate: " + DateTimeOffset.UtcNow.ToString("r") + "\r\nServer: it\r\nx-lower: a\r\nETag: \"a\"\r\nAlt-Svc: h3=\":443\"\r\nX-Two: a\r\n"
            + "Content-Type: text/plain\r\nStrict-Transport-Security: max-age=5\r\nCache-Status: up;hit\r\nX-Two: b\r\nVia: 1.1 up\r\nContent-Disposition: inline\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n" + end);
        await using var edge = await EdgeProcess.StartAsync(origin.Address);
        const string Fields = "Accept-Encoding: gzip\r\nX-Real-IP: 1.2.3.4\r\n";
        await AskAsync(edge, "/a?b", Fields);

        var plain = await AskAsync(edge, "/a?b", Fields);
        var steered = await AskAsync(edge, "/a?b", Fields + "Cache-Control: max-age=600\r\n");

        WithoutTimes(plain).Should().Be(WithoutTimes(steered)).And.Contain("Cache-Status: EdgeCache;hit").And.StartWith("HTTP/1.1 200 Fine\r\n");
        origin.Requests.Should().HaveCount(1);
        edge.Faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/x", "/app/x")]
    [InlineData("//other/x", "/app//other/x")]
    [InlineData("/../x", "/app/x")]
    [InlineData("/%2e%2e/x", "/app/x")]
    [InlineData("http://edge/x", "/app/x")]
    [InlineData("http://edge", "/app/")]
    [InlineData("http://edge?x", "/app/?x")]
    [InlineData("http://edge/a%2Fb%3Bc?d=%2F", "/app/a%2Fb%3Bc?d=%2F")]
    [InlineData("http://edge/..%2Fx", "/app/..%2Fx")]
    [InlineData("http://edge/../..%2F..%2Fx", "/app/..%2F..%2Fx")]
    [InlineData("/../..%2Fx", "/app/..%2Fx")]
    [InlineData("/a\\b", "/app/a%5Cb")]
    [InlineData("/a\\..\\..\\x", "/app/a%5C..%5C..%5Cx")]
    public async Task A_target_stays_below_the_path_of_the_upstream(string target, string expected)
    {
        using var origin = new ScriptedListener(Fresh);
        await using var edge = await EdgeProcess.StartAsync(origin.Address, store: null, "--upstream", $"{origin.Address}app");

        await AskAsync(edge, target);

        origin.Requests.Single().Should().StartWith($"GET {expected} HTTP/1.1\r\n").And.Contain($"Host: {origin.Address.Authority}\r\n");
    }

    [Fact]
    public async Task An_upstream_that_is_down_or_silent_is_told_apart()
    {
        Uri address;
        using (var gone = new ScriptedListener())
        {
            address = gone.Address;
        }

        await using var edge = await EdgeProcess.StartAsync(address, store: null, "--timeout", "5");
        (await AskAsync(edge)).Should().StartWith("HTTP/1.1 502 ");

        using var origin = new ScriptedListener(address.Port, Fresh, ScriptedListener.Silence);
        (await AskAsync(edge)).Should().StartWith("HTTP/1.1 200 ").And.EndWith("hi");
        (await AskAsync(edge, "/other")).Should().StartWith("HTTP/1.1 504 ");
        (await AskAsync(edge)).Should().Contain("Cache-Status: EdgeCache;hit");
        edge.Faults.Should().BeEmpty();
    }

    [Fact]
    public async Task A_body_that_breaks_off_breaks_the_connection_off()
    {
        using var origin = new ScriptedListener("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nhalf", Fresh);
        await using var edge = await EdgeProcess.StartAsync(origin.Address);

        // What was underway when the connection was broken off may be lost with it; the end may not appear.
        (await AskAsync(edge)).Should().NotStartWith("HTTP/1.1 5").And.NotContain("Content-Length: 4");
        (await AskAsync(edge)).Should().EndWith("hi");
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        var store = Directory.CreateTempSubdirectory("edge-store-");
        try
        {
            using var origin = new ScriptedListener(Fresh);
            await using (var first = await EdgeProcess.StartAsync(origin.Address, store.FullName))
            {
                (await AskAsync(first)).Should().Contain(";stored");
                (await AskAsync(first)).Should().Contain(";hit");
            }

            await using var second = await EdgeProcess.StartAsync(origin.Address, store.FullName);
            (await AskAsync(second)).Should().Contain("Cache-Status: EdgeCache;hit").And.EndWith("hi");
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("is not an absolute http or https URL", "--upstream", "example.org")]
    [InlineData("--memory has to be 1 or more", "--memory", "0")]
    [InlineData("There is no place to keep responses", "--cache", "/dev/null")]
    [InlineData("There is no place to keep responses", "--redis", "")]
    public async Task A_wrong_argument_is_explained(string expected, params string[] arguments)
    {
        var start = () => EdgeProcess.StartAsync(new Uri("http://127.0.0.1:1"), store: null, arguments);

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage($"*{expected}*");
    }

    [RedisFact]
    public async Task On_an_engine_processes_share_and_go_on_without_it()
    {
        using var origin = new ScriptedListener { Otherwise = Fresh };
        await using var engine = await RedisProcess.StartAsync();
        await using var one = await EdgeProcess.StartAsync(origin.Address, store: null, "--redis", engine.Configuration);
        await using var two = await EdgeProcess.StartAsync(origin.Address, store: null, "--redis", engine.Configuration);

        // Each goes on without the engine until it has a connection.
        await UntilHitAsync(one, "/");
        await UntilHitAsync(two, "/");
        await UntilHitAsync(one, "/shared");
        var before = origin.Requests.Count;
        (await AskAsync(two, "/shared")).Should().Contain("Cache-Status: EdgeCache;hit").And.EndWith("hi");
        origin.Requests.Should().HaveCount(before, "it has it from the engine");

        await engine.KillAsync();
        (await AskAsync(two, "/other")).Should().StartWith("HTTP/1.1 200 OK\r\n").And.EndWith("hi");
        origin.Requests.Should().HaveCount(before + 1);
    }

    private static string WithoutTimes(string answer) => Regex.Replace(answer, "(Age: |ttl=)[0-9]+", "$1");

    /// <summary>Asks until the answer is a hit, for a minute at most.</summary>
    private static async Task UntilHitAsync(EdgeProcess edge, string target)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await AskAsync(edge, target)).Contains("EdgeCache;hit", StringComparison.Ordinal))
        {
            await Task.Delay(200, bound.Token);
        }
    }

    /// <summary>One request on a connection of its own, and all that comes back; as Latin-1.</summary>
    private static async Task<string> AskAsync(EdgeProcess edge, string target = "/", string fields = "", string method = "GET")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, edge.Address.Port);
        await client.Client.SendAsync(Encoding.Latin1.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {(method == "CONNECT" ? target : "edge")}\r\nConnection: close\r\n{fields}\r\n"));
        using var received = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(received).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (IOException)
        {
            // A connection that is reset has ended too.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }
}

/// <summary>Processes of the sample need the machine for themselves, and so do the suite's pauses.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EdgeCollection
{
    public const string Name = "edge";
}
