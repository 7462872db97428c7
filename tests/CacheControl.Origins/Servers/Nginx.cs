namespace HttpCaching.Origins.Servers;

/// <summary>nginx in the configurations that its administrators commonly write.</summary>
internal static class Nginx
{
    private const string Types = "text/plain text/css application/javascript application/json text/xml image/svg+xml";

    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        Plan("nginx as Debian configures it (gzip of HTML, no Vary, no lifetimes)", "gzip on;"),
        Plan("nginx, gzip on the fly, expires", $"gzip on; gzip_vary on; gzip_types {Types}; expires 1h; keepalive_requests 7;"),
        Plan("nginx, gzip_static", $"gzip_static on; gzip on; gzip_vary on; gzip_types {Types}; add_header Cache-Control \"public, max-age=3600\";"),
        new("nginx, gzip, HTTP/2 over TLS", ["nginx"], SecureAsync) { Secure = true },
        new("nginx, proxy_cache in front of nginx with gzip", ["nginx"], CachingAsync)
        {
            Forget = server =>
            {
                foreach (var file in Directory.GetFiles(Path.Combine(server.Root, "cache"), "*", SearchOption.AllDirectories))
                {
                    File.Delete(file);
                }

                return Task.CompletedTask;
            },
        },
    ];

    /// <summary>An nginx for caches in front of it: gzip and a lifetime.</summary>
    public static Task<Launch> BackendAsync(ServerFolder folder, int port) =>
        WriteAsync(folder, "backend", port, $"server {{ listen 127.0.0.1:{port}; root {folder.Site}; gzip on; gzip_vary on; gzip_proxied any; gzip_types {Types}; expires 1h; }}");

    private static ServerPlan Plan(string name, string directives) => new(name, ["nginx"], async folder =>
    {
        var port = ServerFolder.FreePort();
        return [await WriteAsync(folder, "nginx", port, $"server {{ listen 127.0.0.1:{port}; root {folder.Site}; {directives} }}")];
    });

    private static async Task<IReadOnlyList<Launch>> SecureAsync(ServerFolder folder)
    {
        var port = ServerFolder.FreePort();
        var (certificate, key) = await Certificate.WriteAsync(folder);
        return [await WriteAsync(folder, "nginx", port, $$"""
            server {
                listen 127.0.0.1:{{port}} ssl http2;
                ssl_certificate {{certificate}};
                ssl_certificate_key {{key}};
                root {{folder.Site}};
                gzip on; gzip_vary on; gzip_types {{Types}};
                add_header Cache-Control "max-age=3600";
            }
            """)];
    }

    private static async Task<IReadOnlyList<Launch>> CachingAsync(ServerFolder folder)
    {
        var (behind, port) = (ServerFolder.FreePort(), ServerFolder.FreePort());
        var backend = await BackendAsync(folder, behind);
        return [backend, await WriteAsync(folder, "nginx", port, $$"""
            proxy_cache_path {{folder.Folder("cache")}} keys_zone=site:1m;
            server {
                listen 127.0.0.1:{{port}};
                location / {
                    proxy_pass http://127.0.0.1:{{behind}};
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $http_host;
                    proxy_cache site;
                    add_header X-Cache $upstream_cache_status;
                }
            }
            """)];
    }

    private static async Task<Launch> WriteAsync(ServerFolder folder, string name, int port, string servers)
    {
        // As root, the worker would become a user that can't write to the cache's folder.
        var user = Environment.UserName == "root" ? "user root;" : "";
        var temporary = folder.Folder(name + "-temporary");
        var configuration = await folder.WriteAsync(name + ".conf", $$"""
            {{user}}
            daemon off;
            worker_processes 1;
            pid {{folder.Root}}/{{name}}.pid;
            error_log stderr error;
            events { worker_connections 512; }
            http {
                include /etc/nginx/mime.types;
                default_type application/octet-stream;
                access_log off;
                sendfile on;
                client_body_temp_path {{temporary}}/body;
                proxy_temp_path {{temporary}}/proxy;
                fastcgi_temp_path {{temporary}}/fastcgi;
                uwsgi_temp_path {{temporary}}/uwsgi;
                scgi_temp_path {{temporary}}/scgi;
                {{servers}}
            }
            """);
        return new Launch(port, [Tooling.Find("nginx"), "-c", configuration, "-e", "stderr"]);
    }
}
