using System.Diagnostics;

namespace HttpCaching.Control;

/// <summary>The numbers that tell generations and bodies apart.</summary>
internal static class RandomId
{
    /// <summary>
    /// A random number, never zero, so that zero can stand for none. Nothing secret hangs on it, and the platform's cryptography would load OpenSSL for it. The clock is in it because
    /// processes that are restored from one image have the same random numbers.
    /// </summary>
    public static long New()
    {
        long id;
        do
        {
            id = Random.Shared.NextInt64() ^ (Stopwatch.GetTimestamp() << 20);
        }
        while (id == 0);
        return id;
    }
}
