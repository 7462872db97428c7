using System.Net;
using System.Net.Sockets;

namespace HttpCaching.Redis.Tests.Engines;

/// <summary>
/// Ports on this machine that nobody listens on. None of those that the system gives to connections by itself: a server that is killed and started again would
/// find its port taken, or its clients would find another server there. None twice.
/// </summary>
internal static class Ports
{
    private const int First = 12_000;
    private const int Last = 32_000;

    // Where to begin differs between processes that run at the same time.
    private static int _next = Random.Shared.Next(Last - First);

    public static int Free()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % (Last - First));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
