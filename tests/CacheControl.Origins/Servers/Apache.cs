namespace HttpCaching.Origins.Servers;

/// <summary>Apache httpd in the configurations that its administrators commonly write.</summary>
internal static class Apache
{
    private const string Modules = "/usr/lib/apache2/modules";

    private const string Deflate = """
        AddOutputFilterByType DEFLATE text/html text/plain text/css
        """;

    private const string Expires = """
        ExpiresActive On
        ExpiresDefault "access plus 1 hour"
        """;

    // The edit that answers to https://bz.apache.org/bugzilla/show_bug.cgi?id=45023 recommend.
    private const string Edit = """
        RequestHeader edit "If-None-Match" '^"((.*)-gzip)"$' '"$1", "$2"'
        """;

    private const string Negotiation = """
        <Directory />
            Options +MultiViews +FollowSymLinks
        </Directory>
        AddLanguage de .de
        AddLanguage en .en
        LanguagePriority en de
        ForceLanguagePriority Prefer Fallback
        AddEncoding gzip .gz
        AddType text/css .css
        RemoveType .gz
        """;

    public static IReadOnlyList<ServerPlan> Plans { get; } =
    [
        Plan("Apache, deflate (AddSuffix, the default), expires", Deflate, Expires),
        Plan("Apache, deflate, DeflateAlterETag NoChange", Deflate, Expires, "DeflateAlterETag NoChange"),
        Plan("Apache, deflate, DeflateAlterETag Remove", Deflate, Expires, "DeflateAlterETag Remove"),
        Plan("Apache, deflate, If-None-Match edited", Deflate, Expires, Edit),
        Plan("Apache, MultiViews, pre-compressed, no lifetimes", Negotiation),
        new("Apache, brotli and deflate, HTTP/2 over TLS", ["apache2"], SecureAsync) { Secure = true },
    ];

    private static ServerPlan Plan(string name, params string[] parts) => new(name, ["apache2"], async folder =>
    {
        var port = ServerFolder.FreePort();
        return [await WriteAsync(folder, port, parts)];
    });

    private static async Task<IReadOnlyList<Launch>> SecureAsync(ServerFolder folder)
    {
        var port = ServerFolder.FreePort();
        var (certificate, key) = await Certificate.WriteAsync(folder);
        return [await WriteAsync(folder, port, $"""
            LoadModule http2_module {Modules}/mod_http2.so
            LoadModule ssl_module {Modules}/mod_ssl.so
            LoadModule brotli_module {Modules}/mod_brotli.so
            Protocols h2 http/1.1
            SSLEngine on
            SSLCertificateFile {certificate}
            SSLCertificateKeyFile {key}
            AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/html text/plain text/css
            Header set Cache-Control "max-age=3600"
            """)];
    }

    private static async Task<Launch> WriteAsync(ServerFolder folder, int port, params string[] parts)
    {
        string[] modules =
        [
            "mpm_event", "authz_core", "mime", "dir", "filter", "deflate", "headers", "expires", "negotiation", "setenvif", "env", "alias",
        ];
        var user = Environment.UserName == "root" ? "User www-data\nGroup www-data" : "";
        var configuration = await folder.WriteAsync("apache.conf", $"""
            ServerRoot {folder.Root}
            ServerName 127.0.0.1
            Listen 127.0.0.1:{port}
            PidFile {folder.Root}/apache.pid
            DefaultRuntimeDir {folder.Root}
            ErrorLog /dev/stderr
            LogLevel error
            {user}
            {string.Join('\n', modules.Select(module => $"LoadModule {module}_module {Modules}/mod_{module}.so"))}
            StartServers 1
            ServerLimit 2
            ThreadsPerChild 32
            MaxRequestWorkers 64
            KeepAliveTimeout 5
            MaxKeepAliveRequests 11
            TypesConfig /dev/null
            AddType text/plain .txt
            AddType text/css .css
            AddType text/html .html
            DirectoryIndex index.html
            DocumentRoot {folder.Site}
            <Directory />
                Require all granted
            </Directory>
            {string.Join('\n', parts)}
            """);
        return new Launch(port, [Tooling.Find("apache2"), "-f", configuration, "-DFOREGROUND"]) { Leftover = Path.Combine(folder.Root, "apache.pid") };
    }
}
