using System.Diagnostics;
using HttpCaching;
using HttpCaching.AotTest;

// Everything that a program compiled ahead of time may use of the libraries, run once. The argument is a Redis engine, such as 127.0.0.1:6379.
await Check.HitAsync("memory", new MemoryHttpCacheStore());
var start = DateTime.Now - Process.GetCurrentProcess().StartTime;

var directory = Directory.CreateTempSubdirectory("cachecontrol-aot-");
try
{
    await Parts.StoresAsync(directory.FullName, args.FirstOrDefault());
    await Parts.ConfigurationAsync();
    await Parts.RefusedConfigurationAsync();
    await Parts.OtherPackagesAsync(directory.FullName);
    await AotSnippets.RunAsync();
}
finally
{
    directory.Delete(recursive: true);
}

Console.WriteLine($"first hit {start.TotalMilliseconds:F0} ms after the start of the process");
Console.WriteLine($"program of {new FileInfo(Environment.ProcessPath!).Length / 1024.0 / 1024.0:F1} MiB");
return Check.Failures;
