using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>An origin that writes bytes to sockets: <c>/{resource}/{version}</c> asks for one version, <c>/{resource}</c> for the one that is there now.</summary>
internal sealed class WireOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, (WireResource Resource, int Version)> _resources = new();

    public WireOrigin()
    {
        _listener.Start(backlog: 512);
        _ = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The requests for the current version of resources, since this was cleared last.</summary>
    public ConcurrentQueue<WireRequest> Asked { get; } = new();

    public void Set(int number, WireResource resource, int version) => _resources[number] = (resource, version);

    public void Remove(int number) => _resources.TryRemove(number, out _);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                while (await reader.ReadLineAsync() is { } line)
                {
                    var fields = new Dictionary<string, string>();
                    while (await reader.ReadLineAsync() is { Length: > 0 } field)
                    {
                        var (name, value) = (field[..field.IndexOf(':')].ToLowerInvariant(), field[(field.IndexOf(':') + 1)..].Trim());
                        fields[name] = fields.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
                    }

                    var message = Answer(line.Split(' '), fields);
                    await client.GetStream().WriteAsync(message.Bytes);
                    if (message.Closes)
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or KeyNotFoundException)
            {
                // A client that left, or one that comes late.
            }
        }
    }

    private WireMessage Answer(string[] line, Dictionary<string, string> fields)
    {
        var path = line[1].Split('/');
        var (resource, current) = _resources[int.Parse(path[1], CultureInfo.InvariantCulture)];
        if (path.Length > 2)
        {
            return WireMessage.Of(resource, int.Parse(path[2], CultureInfo.InvariantCulture), line[0], fields);
        }

        var message = WireMessage.Of(resource, current, line[0], fields);
        Asked.Enqueue(new WireRequest(line[0], message.Status, fields));
        return message;
    }
}
