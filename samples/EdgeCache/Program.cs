using System.CommandLine;
using EdgeCache;

var upstream = new Option<Uri>("--upstream")
{
    Description = "The server that the cache stands in front of, such as https://example.org/. Its path, if any, is put before every path.",
    Required = true,
    CustomParser = EdgeOptions.ParseUri,
};
var urls = new Option<string>("--urls")
{
    Description = "Where to listen; several are separated by semicolons.",
    DefaultValueFactory = _ => "http://localhost:8080",
};
var cache = new Option<DirectoryInfo>("--cache")
{
    Description = "The directory to keep responses in; other processes may share it.",
    DefaultValueFactory = _ => new DirectoryInfo(EdgeOptions.DefaultDirectory),
};
var redis = new Option<string?>("--redis")
{
    Description = "Keep responses on this engine instead, such as localhost:6379, for any number of machines.",
};
var memory = new Option<int>("--memory")
{
    Description = "How many MiB of responses are kept in memory as well.",
    DefaultValueFactory = _ => 256,
};
memory.Validators.Add(EdgeOptions.RequirePositive);
var timeout = new Option<int>("--timeout")
{
    Description = "How many seconds the upstream may take to answer, or upstream and client may be silent during the answer.",
    DefaultValueFactory = _ => 100,
};
timeout.Validators.Add(EdgeOptions.RequirePositive);
var management = new Option<Uri?>("--management")
{
    Description = "An address of its own for GET /healthz and POST /purge?path=/a, such as http://localhost:8081. Not for the public.",
    CustomParser = EdgeOptions.ParseUri,
};

var command = new RootCommand("A shared HTTP cache in front of one server.") { upstream, urls, cache, redis, memory, timeout, management };
command.SetAction((parsed, cancellationToken) => EdgeServer.RunAsync(
    new EdgeOptions
    {
        Upstream = parsed.GetRequiredValue(upstream),
        Urls = parsed.GetRequiredValue(urls),
        Directory = parsed.GetRequiredValue(cache).FullName,
        Redis = parsed.GetValue(redis),
        MemoryBytes = parsed.GetRequiredValue(memory) * 1024L * 1024,
        Timeout = TimeSpan.FromSeconds(parsed.GetRequiredValue(timeout)),
        Management = parsed.GetValue(management),
    },
    cancellationToken));
return await command.Parse(args).InvokeAsync();
