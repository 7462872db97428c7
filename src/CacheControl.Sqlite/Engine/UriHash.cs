using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The number that URIs are found by in one file: XXH3 of 64 bits, with the file's own seed. Like the bodies' checksums, it is another one on a machine of the other byte order:
/// nothing would be found there.
/// </summary>
internal readonly record struct UriHash(long Seed, long Mask)
{
    public long Of(string uri) => unchecked((long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(uri.AsSpan()), Seed)) & Mask;
}
