using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using HttpCaching.StoreContract;

namespace HttpCaching.IntegrationTests.Soak;

/// <summary>
/// An origin on bare sockets. Resources below <c>/good/</c> are slow, huge, tiny, chunked, changing and vary differently from time to time, but whole;
/// those below <c>/rough/</c> also stall, are reset, cut short, longer than declared, answered by 304 that nobody asked for, and by errors. Each response says
/// which body it carries (an identity and a length, from which every byte follows) and its hash.
/// </summary>
internal sealed class RoughOrigin : IAsyncDisposable
{
    public const int Resources = 24;

    private const string LastLine = "X-Last: yes";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly ConcurrentDictionary<string, long> _lastFault = new();
    private readonly ConcurrentDictionary<string, int> _kinds = new();
    private readonly ConcurrentDictionary<long, (byte[] Bytes, string Hash)> _bodies = new();
    private readonly int[] _versions = new int[Resources];
    private readonly Task _accepting;
    private int _requests;
    private int _notModified;

    public RoughOrigin()
    {
        _listener.Start(512);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>What has been sent to it and is not answered yet.</summary>
    public Wire Wire { get; } = new();

    public int Requests => _requests;

    public int NotModified => _notModified;

    /// <summary>How many connections are open now.</summary>
    public int Connections => _connections.Count;

    /// <summary>How often it did what to whom.</summary>
    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    /// <summary>When a path was last treated badly, as <see cref="Environment.TickCount64"/>; the beginning of time if never.</summary>
    public long LastFaultOf(string path) => _lastFault.GetValueOrDefault(path, long.MinValue / 2);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    /// <summary>Lets go of the bodies that it keeps to save making them.</summary>
    public void ForgetBodies() => _bodies.Clear();

    /// <summary>What the hash field says of a body.</summary>
    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexString(SHA256.HashData(body).AsSpan(0, 12));

    private static int LengthOf(int resource, int version) => (resource % 6) switch
    {
        0 => 0,
        1 => 1 + (version % 7),
        2 => 300 + (version % 50),
        3 => 20_000 + (version * 13 % 5000),
        4 => 150_000 + (version * 131 % 20_000),
        _ => 1_500_000 + (version * 977 % 100_000),
    };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var serving = ServeAsync(socket);
                _connections[serving] = true;
                _ = serving.ContinueWith(t => _connections.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var pending = new List<byte>();
            while (await ReadHeadAsync(stream, pending) is { } lines)
            {
                Interlocked.Increment(ref _requests);
                var number = ValueOf(lines, Wire.FieldName);
                Wire.Note(number, "has read its head");
                if (!await AnswerAsync(socket, stream, lines))
                {
                    Wire.Note(number, "has ended its connection");
                    return;
                }

                Wire.Note(number, "has answered it");
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The client has gone, or the origin ends.
        }
    }

    private async Task<string[]?> ReadHeadAsync(NetworkStream stream, List<byte> pending)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var text = Encoding.ASCII.GetString([.. pending]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                pending.RemoveRange(0, end + 4);
                return text[..end].Split("\r\n");
            }

            var count = await stream.ReadAsync(buffer, _stop.Token);
            if (count == 0)
            {
                return null;
            }

            pending.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Answers one request; false if the connection is at its end.</summary>
    private async Task<bool> AnswerAsync(Socket socket, NetworkStream stream, string[] lines)
    {
        var parts = lines[0].Split(' ');
        var (method, path) = (parts[0], parts[1]);
        var resource = int.Parse(path.AsSpan(path.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);
        var random = Random.Shared;
        if (method is "PUT")
        {
            Interlocked.Increment(ref _versions[resource]);
            await SendAsync(stream, "HTTP/1.1 204 No Content\r\n\r\n");
            return true;
        }

        if (random.Next(20) == 0)
        {
            await Task.Delay(random.Next(50), _stop.Token);
        }

        if (random.Next(30) == 0)
        {
            Interlocked.Increment(ref _versions[resource]);
        }

        var fault = path.StartsWith("/rough/", StringComparison.Ordinal) ? random.Next(24) : -1;
        return fault is >= 0 and < 8
            ? await MisbehaveAsync(socket, stream, method, path, resource, lines, fault)
            : await BehaveAsync(stream, method, resource, lines, whole: long.MaxValue);
    }

    private async Task<bool> MisbehaveAsync(Socket socket, NetworkStream stream, string method, string path, int resource, string[] lines, int fault)
    {
        _lastFault[path] = Environment.TickCount64;
        var kind = fault switch
        {
            0 => "stall",
            1 => "reset before the head",
            2 => "reset in the body",
            3 => "cut short",
            4 => "longer than declared",
            5 => "304 that nobody asked for",
            6 => "503",
            _ => "304 with another tag",
        };
        _kinds.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        try
        {
            switch (fault)
            {
                case 0:
                    await Task.Delay(Random.Shared.Next(2000), _stop.Token);
                    return await BehaveAsync(stream, method, resource, lines, long.MaxValue);
                case 1:
                    Reset(socket);
                    return false;
                case 2:
                    await BehaveAsync(stream, method, resource, [.. lines, LastLine], Random.Shared.Next(20_000));
                    Reset(socket);
                    return false;
                case 3:
                    await BehaveAsync(stream, method, resource, [.. lines, LastLine], Random.Shared.Next(20_000));
                    return false;
                case 4:
                    await BehaveAsync(stream, method, resource, [.. lines, LastLine], long.MaxValue);
                    await SendAsync(stream, "and then some more");
                    return false;
                case 6:
                    await SendAsync(stream, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\n" + (method == "HEAD" ? string.Empty : "busy"));
                    return true;
                default:
                    var tag = fault == 5 ? string.Empty : "ETag: \"nobody's\"\r\n";
                    await SendAsync(stream, $"HTTP/1.1 304 Not Modified\r\n{tag}\r\n");
                    return true;
            }
        }
        finally
        {
            _lastFault[path] = Environment.TickCount64;
        }
    }

    private async Task<bool> BehaveAsync(NetworkStream stream, string method, int resource, string[] lines, long whole)
    {
        var random = Random.Shared;
        var version = Volatile.Read(ref _versions[resource]);
        var language = ValueOf(lines, "Accept-Language") ?? string.Empty;

        // The coming and going of Vary: what the body depends on is always named, and sometimes more.
        var byLanguage = resource % 4 == 1;
        var id = (((long)resource * 1_000_000) + version) * (byLanguage && language.Length > 0 ? language[0] : 1);
        var length = LengthOf(resource, version);
        var tag = $"\"{id.ToString(CultureInfo.InvariantCulture)}\"";
        var head = new StringBuilder();
        var vary = (byLanguage, random.Next(4)) switch
        {
            (true, 0) => "Accept-Language, Accept",
            (true, _) => "Accept-Language",
            (false, 0) => "Accept",
            _ => null,
        };
        head.Append(CultureInfo.InvariantCulture, $"ETag: {tag}\r\nX-Body: {id} {length}\r\nDate: {DateTimeOffset.UtcNow:r}\r\n");
        head.Append("Cache-Control: ").Append((resource % 5) switch { 0 => "no-cache", 1 => "max-age=1, stale-while-revalidate=2", 2 => "no-store", 3 => "max-age=0", _ => "max-age=2" }).Append("\r\n");
        if (lines[^1] == LastLine)
        {
            // What becomes of this connection must not hit a request for something else, which may be on it already when a short response has been read.
            head.Append("Connection: close\r\n");
        }

        if (vary is not null)
        {
            head.Append("Vary: ").Append(vary).Append("\r\n");
        }

        if (ValueOf(lines, "If-None-Match")?.Split(',').Any(t => t.Trim() == tag) == true)
        {
            Interlocked.Increment(ref _notModified);
            await SendAsync(stream, "HTTP/1.1 304 Not Modified\r\n" + head + "\r\n");
            return true;
        }

        var (body, hash) = BodyOf(id, length);
        head.Append("X-Hash: ").Append(hash).Append("\r\n");
        var (first, last, isPart) = RangeOf(lines, tag, length);
        if (isPart)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{last}/{length}\r\n");
            body = body[first..(last + 1)];
        }

        var isChunked = random.Next(3) == 0 && method != "HEAD" && !isPart;
        head.Append(isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
        await SendAsync(stream, (isPart ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n") + head);
        if (method != "HEAD")
        {
            await SendBodyAsync(stream, body, isChunked, whole);
        }

        return true;
    }

    /// <summary>A body and its hash; the last ones made are kept, since making them is most of the work.</summary>
    private (byte[] Bytes, string Hash) BodyOf(long id, int length)
    {
        if (_bodies.TryGetValue(id, out var made))
        {
            return made;
        }

        var bytes = SelfDescribingBody.Create(id, length);
        if (_bodies.Count > 64)
        {
            _bodies.Clear();
        }

        return _bodies[id] = (bytes, HashOf(bytes));
    }

    private async Task SendBodyAsync(NetworkStream stream, byte[] body, bool isChunked, long most)
    {
        var isSlow = Random.Shared.Next(16) == 0;
        var sent = 0;
        while (sent < body.Length && sent < most)
        {
            var count = (int)Math.Min(Math.Min(body.Length - sent, most - sent), 1 + Random.Shared.Next(60_000));
            if (isChunked)
            {
                await SendAsync(stream, count.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
            }

            await stream.WriteAsync(body.AsMemory(sent, count), _stop.Token);
            if (isChunked)
            {
                await SendAsync(stream, "\r\n");
            }

            sent += count;
            if (isSlow)
            {
                await Task.Delay(Random.Shared.Next(10), _stop.Token);
            }
        }

        if (isChunked && most == long.MaxValue)
        {
            await SendAsync(stream, "0\r\n\r\n");
        }
    }

    private async Task SendAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private static string? ValueOf(string[] lines, string name) =>
        lines.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    private static (int First, int Last, bool IsPart) RangeOf(string[] lines, string tag, int length)
    {
        if (ValueOf(lines, "Range") is not { } range || length == 0 || (ValueOf(lines, "If-Range") is { } wanted && wanted != tag))
        {
            return (0, length - 1, false);
        }

        var ends = range["bytes=".Length..].Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var last = Math.Min(length - 1, ends[1].Length == 0 ? int.MaxValue : int.Parse(ends[1], CultureInfo.InvariantCulture));
        return (first, last, first <= last);
    }
}
