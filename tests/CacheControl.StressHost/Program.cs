using System.Text.Json;
using HttpCaching.StressHost;
using HttpCaching.StressHost.Blocking;
using HttpCaching.StressHost.Scale;

// A process of its own for tests that need several, or need one to kill. The first argument says what it does:
//
//   client <directory> <origin> <seconds> <seed> <least requests>   sends requests through a cache on the directory, checks each answer
//   cycle  <directory> <seed>                                       the same as check, then changes the store until it is killed; says "ready" when it is at it
//   check  <directory>                                              opens the store, checks all it serves, clears up, prints what it found
//   spool  <directory> <marker>                                     shares bodies of this text over an encrypted store; says "ready", and waits to be killed
//   step   <directory> <operation> <signals>                        changes the store once, between two files that it opens for the shim of the system's calls
//   flight <engine> <origin> <resources> <true|false> <lease>       asks for resources, in one flight with other processes or not; begins when told
//   owe    <engine> <prefix> <uri> <directory>                      changes the resource when told, says "done", and waits to be killed
//   blocked <store>                                                 sends requests by blocking calls from all threads of a pool that gets no more of them
//   load   <settings as JSON>                                       one of several machines under a load, and does what it is told
//
// A directory of "sqlite:<path>" is a SQLite file in place of a file store's directory.
//
// Prints one line of results; ends with 0 if nothing was wrong.
return args switch
{
    ["client", var directory, var origin, var seconds, var seed, var least] =>
        await ClientLoad.RunAsync(directory, new Uri(origin), TimeSpan.FromSeconds(Number(seconds)), Number(seed), Number(least)),
    ["cycle", var directory, var seed] =>
        await StoreCheck.RunAsync(directory) is var code and not 0 ? code : await StoreLoad.RunAsync(directory, Number(seed)),
    ["check", var directory] => await StoreCheck.RunAsync(directory),
    ["spool", var directory, var marker] => await SharedBodyLoad.RunAsync(directory, marker),
    ["step", var directory, var operation, var signals] => await StoreStep.RunAsync(directory, operation, signals),
    ["flight", var engine, var origin, var resources, var oneFlight, var lease] =>
        await FlightLoad.RunAsync(engine, new Uri(origin), Number(resources), bool.Parse(oneFlight), TimeSpan.FromSeconds(Number(lease))),
    ["owe", var engine, var prefix, var uri, var directory] => await OwedRemoval.RunAsync(engine, prefix, uri, directory),
    ["blocked", var store] => BlockedPool.Run(store),
    ["load", var settings] => await ZipfLoad.RunAsync(JsonSerializer.Deserialize<LoadSettings>(settings)!),
    _ => 2,
};

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
