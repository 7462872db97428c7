using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime;

namespace HttpCaching.Benchmarks.Ratios;

/// <summary>The first request of a new process: processor time and compiled methods above those of the same process without a cache.</summary>
internal static class StartReport
{
    public const string WorkerArgument = "--start-worker";

    /// <summary>Measures by launches in turns.</summary>
    public static void Measure(RatioTable table, int launches)
    {
        var (added, methods) = (new double[launches], new double[launches]);
        for (var i = 0; i < launches; i++)
        {
            var none = Launch("none");
            var cache = Launch("cache");
            (added[i], methods[i]) = (cache.Milliseconds - none.Milliseconds, cache.Methods - none.Methods);
        }

        table.Add(RatioRow.Of("first request of a process, ms", Middle(added), $"above no cache, {launches} launches"));
        table.Add(RatioRow.Of("first request of a process, methods", Middle(methods), "compiled above no cache"));
    }

    /// <summary>The launched process: one request and its repetition, with a cache or without.</summary>
    public static void Work(string kind)
    {
        HttpMessageHandler origin = new Origin();
        using var client = new HttpClient(kind == "cache" ? new CachingHandler(new CachingHandlerSettings()) { InnerHandler = origin } : origin);
        for (var i = 0; i < 2; i++)
        {
            using var response = client.GetAsync(new Uri("https://api.example.com/v1/catalogue")).GetAwaiter().GetResult();
            _ = response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMilliseconds} {JitInfo.GetCompiledMethodCount()}"));
    }

    private static (double Milliseconds, double Methods) Launch(string kind)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(StartReport).Assembly.Location);
        }

        start.ArgumentList.Add(WorkerArgument);
        start.ArgumentList.Add(kind);
        using var process = Process.Start(start)!;
        var cells = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        return (double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[1], CultureInfo.InvariantCulture));
    }

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);

    private sealed class Origin : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(new byte[1024]) };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=60");
            return Task.FromResult(response);
        }
    }
}
