using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The number by which URIs are found in one file: XXH3 of 64 bits, with the file's own seed. Like the bodies' checksums, it differs on a machine of the other byte order:
/// there no lookup would succeed.
/// </summary>
internal readonly record struct UriHash(long Seed, long Mask)
{
    public long Of(string uri) => unchecked((long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(uri.AsSpan()), Seed)) & Mask;
}
