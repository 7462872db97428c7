namespace HttpCaching.StoreContract;

/// <summary>Bodies in which every byte follows from the identity and the length. So a mix-up of two bodies, or of two places in one, shows.</summary>
public static class SelfDescribingBody
{
    /// <summary>The bytes of a body.</summary>
    /// <param name="bodyId">The body's identity.</param>
    /// <param name="length">Its number of bytes.</param>
    public static byte[] Create(long bodyId, long length)
    {
        var bytes = new byte[length];
        for (var i = 0L; i < length; i++)
        {
            bytes[i] = At(bodyId, length, i);
        }

        return bytes;
    }

    /// <summary>The byte at a position.</summary>
    /// <param name="bodyId">The body's identity.</param>
    /// <param name="length">Its number of bytes.</param>
    /// <param name="position">The position, from 0.</param>
    public static byte At(long bodyId, long length, long position)
    {
        // A mixing step of SplitMix64 over the eight bytes that the position falls into.
        var mixed = (ulong)bodyId ^ ((ulong)length * 0x9E3779B97F4A7C15UL) ^ ((ulong)(position >> 3) * 0xD1342543DE82EF95UL);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        mixed ^= mixed >> 31;
        return (byte)(mixed >> (int)((position & 7) * 8));
    }

    /// <summary>Returns whether these are the bytes of the body from a position on.</summary>
    /// <param name="bodyId">The body's identity.</param>
    /// <param name="length">The body's number of bytes.</param>
    /// <param name="offset">The position of the first byte given.</param>
    /// <param name="bytes">The bytes to check.</param>
    public static bool Matches(long bodyId, long length, long offset, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(bodyId, length, offset + i))
            {
                return false;
            }
        }

        return true;
    }
}
