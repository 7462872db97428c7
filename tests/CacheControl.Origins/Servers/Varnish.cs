namespace HttpCaching.Origins.Servers;

/// <summary>Varnish in front of an nginx that compresses.</summary>
internal static class Varnish
{
    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        new("Varnish in front of nginx with gzip", ["varnishd", "nginx", "cc"], PrepareAsync)
        {
            Forget = async server =>
            {
                using var client = new HttpClient();
                using var ban = new HttpRequestMessage(new HttpMethod("BAN"), server.Address);
                (await client.SendAsync(ban)).EnsureSuccessStatusCode().Dispose();
            },
        },
    ];

    private static async Task<IReadOnlyList<Launch>> PrepareAsync(ServerFolder folder)
    {
        var (behind, port) = (ServerFolder.FreePort(), ServerFolder.FreePort());
        var backend = await Nginx.BackendAsync(folder, behind);
        var program = await folder.WriteAsync("site.vcl", $$"""
            vcl 4.1;
            backend default { .host = "127.0.0.1"; .port = "{{behind}}"; }
            acl administrators { "127.0.0.1"; }
            sub vcl_recv {
                if (req.method == "BAN") {
                    if (client.ip !~ administrators) { return (synth(403)); }
                    ban("obj.status != 0");
                    return (synth(200));
                }
            }
            sub vcl_backend_response {
                set beresp.grace = 0s;
                // While it streams, the length is missing and ranges are not cut: another answer to each of two clients at once.
                set beresp.do_stream = false;
            }
            """);
        string[] command =
        [
            Tooling.Find("varnishd"), "-F", "-j", "none", "-n", folder.Folder("varnish"), "-a", $"127.0.0.1:{port}", "-f", program,
            "-s", "malloc,400m", "-p", "thread_pool_min=20", "-p", "thread_pools=1",
        ];
        return [backend, new Launch(port, command)];
    }
}
