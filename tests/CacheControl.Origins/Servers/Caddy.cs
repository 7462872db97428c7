namespace HttpCaching.Origins.Servers;

/// <summary>Caddy as a file server.</summary>
internal static class Caddy
{
    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        Plan("Caddy, encode zstd gzip", "encode zstd gzip", "file_server"),
        Plan("Caddy, pre-compressed, max-age", "header Cache-Control max-age=3600", "file_server {\n precompressed br gzip\n }"),
        new("Caddy, encode, HTTP/2 over TLS", ["caddy"], SecureAsync) { Secure = true },
    ];

    private static ServerPlan Plan(string name, params string[] directives) => new(name, ["caddy"], async folder =>
    {
        var port = ServerFolder.FreePort();
        return [await WriteAsync(folder, port, $"http://127.0.0.1:{port}", directives)];
    });

    private static async Task<IReadOnlyList<Launch>> SecureAsync(ServerFolder folder)
    {
        var port = ServerFolder.FreePort();
        var (certificate, key) = await Certificate.WriteAsync(folder);
        return [await WriteAsync(folder, port, $"https://127.0.0.1:{port}", $"tls {certificate} {key}", "encode gzip", "header Cache-Control max-age=3600", "file_server")];
    }

    private static async Task<Launch> WriteAsync(ServerFolder folder, int port, string address, params string[] directives)
    {
        var configuration = await folder.WriteAsync("Caddyfile", $$"""
            {
                admin off
                auto_https off
                grace_period 1s
                storage file_system {{folder.Folder("storage")}}
                log {
                    level ERROR
                }
            }
            {{address}} {
                bind 127.0.0.1
                root * {{folder.Site}}
                {{string.Join('\n', directives)}}
            }
            """);
        return new Launch(port, [Tooling.Find("caddy"), "run", "--config", configuration, "--adapter", "caddyfile"])
        {
            Environment = new Dictionary<string, string> { ["HOME"] = folder.Root, ["XDG_DATA_HOME"] = folder.Root, ["XDG_CONFIG_HOME"] = folder.Root },
        };
    }
}
