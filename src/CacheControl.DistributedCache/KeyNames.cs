using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HttpCaching.DistributedCache;

/// <summary>
/// The keys of the values in the engine: a prefix, a letter for the kind, and a hash where the rest could be long. Engines limit keys (SQL Server to 449 characters,
/// Memcached to 250), and some don't take every character.
/// </summary>
internal sealed class KeyNames(string prefix)
{
    /// <summary>The epoch of everything.</summary>
    public string Everything { get; } = prefix + "s";

    /// <summary>The epoch that only commits look at: it changes with each removal by tag, whose responses are not known beforehand.</summary>
    public string Removals { get; } = prefix + "l";

    /// <summary>The record of a key.</summary>
    public string OfRecord(CacheKey key)
    {
        // The length keeps URI and scope apart; the letter, a missing scope and an empty one.
        var length = key.Uri.Length.ToString(CultureInfo.InvariantCulture);
        return Hashed("r:", key.Scope is null ? $"n{length}:{key.Uri}" : $"s{length}:{key.Uri}{key.Scope}");
    }

    /// <summary>The epoch of a URI, in all its scopes.</summary>
    public string OfUri(string uri) => Hashed("u:", uri);

    /// <summary>The epoch of a URI's origin.</summary>
    public string OfOrigin(string uri) => Hashed("o:", OriginOf(uri));

    /// <summary>The epoch of a tag.</summary>
    public string OfTag(string tag) => Hashed("t:", tag);

    /// <summary>A chunk of a body.</summary>
    public string OfChunk(BodyName body, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}b:{body}.{index}");

    /// <summary>Scheme, host and port of a URI with the slash after them: the part that a removal by origin compares.</summary>
    public static string OriginOf(string uri)
    {
        var authority = uri.IndexOf("://", StringComparison.Ordinal);
        var end = authority < 0 ? -1 : uri.IndexOf('/', authority + 3);
        return end < 0 ? uri : uri[..(end + 1)];
    }

    /// <summary>Whether a text is an origin with a slash after it, and nothing more.</summary>
    public static bool IsOrigin(string text)
    {
        var authority = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return authority >= 3 && text.IndexOf('/', authority) is var end && end > authority && end == text.Length - 1;
    }

    private string Hashed(string kind, string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return string.Concat(prefix, kind, Base64Url.EncodeToString(hash));
    }
}
