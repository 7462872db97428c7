using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace HttpCaching.Redis.Keys;

/// <summary>The names of all keys of a store.</summary>
internal sealed class StoreKeys(string prefix)
{
    // After the prefix comes the bucket of the URI in braces: Redis Cluster chooses the slot by it. So all responses of a URI, in all scopes,
    // can be changed in one step. A removal of many URIs must reach only as many places as there are buckets.
    //
    //   p{3ff}U        string  record of the URI's common scope; holds the URI's stamp     see Record
    //   p{3ff}U.S      string  record of another scope; counts only with the root's stamp
    //   p{3ff}U~B      hash    body B in chunks: field "0", "1", ...                       see ChunkFormat
    //   p{3ff}!        string  the bucket's epoch, and the last removals of tags there; never expires                     see TagCells
    //   p{3ff}#T       zset    responses stored with tag T: "U" or "U.S", by the end of their retention; expires with the last of them
    //   p{3ff}@U       zset    the URI's records of other scopes: "U.S", by the end of their retention; expires with the last of them
    //
    // U, S and T are hashes of 22 characters, so a name contains no URI, scope or tag. U is hashed with the prefix. B is 32 hexadecimal digits.

    /// <summary>The number of groups of URIs.</summary>
    public const int Buckets = 1024;

    /// <summary>Separates the name of a URI from that of a scope.</summary>
    public const char ScopeMark = '.';

    /// <summary>Separates the name of a URI from that of a body.</summary>
    public const char BodyMark = '~';

    /// <summary>In a set: more records may belong to it than it names, because it was damaged.</summary>
    public const string Unknown = "*";

    private const char EpochMark = '!';
    private const char TagMark = '#';
    private const char ScopesMark = '@';
    private const int BucketCharacters = 5;
    private const int BodyCharacters = 32;

    // URIs that are requested often are not hashed each time: that would be most of the cost of a look-up here. A new URI replaces the one in its
    // place; an object in a place never changes. Longer URIs are hashed each time, so that no more than some hundred kilobytes are kept.
    private const int MostRecent = 1024;
    private const int MostRecentCharacters = 512;

    private readonly Placed?[] _recent = new Placed?[MostRecent];

    /// <summary>The pattern of all keys of the store.</summary>
    public string Pattern { get; } = prefix + "{*";

    /// <summary>The number of characters before the name of a URI.</summary>
    public int MemberStart { get; } = prefix.Length + BucketCharacters;

    /// <summary>The location of a key's responses.</summary>
    public EntryPlace PlaceOf(CacheKey key) => PlacedOf(key).Place;

    /// <summary>The location of a key's responses, and the request for them.</summary>
    public Placed PlacedOf(CacheKey key)
    {
        if (key.Uri.Length > MostRecentCharacters)
        {
            return new Placed(key, Place(key));
        }

        ref var recent = ref _recent[(key.Uri.GetHashCode() ^ (key.Scope?.GetHashCode() ?? 0)) & (MostRecent - 1)];
        if (Volatile.Read(ref recent) is { } known && known.Key == key)
        {
            return known;
        }

        var placed = new Placed(key, Place(key));
        Volatile.Write(ref recent, placed);
        return placed;
    }

    private EntryPlace Place(CacheKey key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        KeyHash.Hash(prefix, key.Uri, hash);
        var bucket = BinaryPrimitives.ReadUInt16LittleEndian(hash[16..]) % Buckets;
        Span<char> name = stackalloc char[MemberStart + KeyHash.Characters];
        WriteBucketStart(bucket, name);
        KeyHash.Write(hash, name[MemberStart..]);
        var root = new string(name);
        return new EntryPlace(bucket, root, key.Scope is { } scope ? root + ScopeMark + KeyHash.NameOf(scope) : null);
    }

    /// <summary>The beginning of a key's value, for reads of it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mostBytes">The most bytes to read, however long the value is.</param>
    public static RedisKeyOrValue[] BeginningOf(RedisKey key, int mostBytes) => [key, (RedisValue)0, (RedisValue)(mostBytes - 1)];

    /// <summary>The key of a body.</summary>
    public static RedisKey BodyOf(string root, string bodyKey) => root + BodyMark + bodyKey;

    /// <summary>The key of a bucket's epoch.</summary>
    public RedisKey EpochOf(int bucket) => BucketStart(bucket) + EpochMark;

    /// <summary>The key of a bucket's set of responses with a tag.</summary>
    public RedisKey TagOf(int bucket, string tagName) => BucketStart(bucket) + TagMark + tagName;

    /// <summary>The key of the set of a URI's scopes.</summary>
    public RedisKey ScopesOf(EntryPlace place) => place.Root.Insert(MemberStart, ScopesMark.ToString());

    /// <summary>The location of the record with this name in a tag's set, or in one of scopes.</summary>
    public EntryPlace PlaceOf(int bucket, string member) => PlaceOfRecord(bucket, BucketStart(bucket) + member);

    /// <summary>The kind of a key, if it is one of the store's.</summary>
    public StoreKeyKind KindOf(string key, out EntryPlace place)
    {
        place = default;
        if (key.Length <= MemberStart || !key.StartsWith(prefix, StringComparison.Ordinal)
            || !int.TryParse(key.AsSpan(prefix.Length + 1, 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bucket)
            || bucket >= Buckets || !key.StartsWith(BucketStart(bucket), StringComparison.Ordinal))
        {
            return StoreKeyKind.Foreign;
        }

        switch (key[MemberStart])
        {
            case EpochMark when key.Length == MemberStart + 1:
                return StoreKeyKind.Epoch;
            case TagMark or ScopesMark when key.Length == MemberStart + 1 + KeyHash.Characters:
                return StoreKeyKind.Tag;
        }

        var rest = key.AsSpan(MemberStart);
        if (rest.Length == KeyHash.Characters + 1 + BodyCharacters && rest[KeyHash.Characters] == BodyMark)
        {
            return StoreKeyKind.Body;
        }

        if (rest.Length != KeyHash.Characters
            && (rest.Length != (2 * KeyHash.Characters) + 1 || rest[KeyHash.Characters] != ScopeMark))
        {
            return StoreKeyKind.Foreign;
        }

        place = PlaceOfRecord(bucket, key);
        return StoreKeyKind.Record;
    }

    private EntryPlace PlaceOfRecord(int bucket, string record)
    {
        var rootLength = MemberStart + KeyHash.Characters;
        return record.Length <= rootLength ? new EntryPlace(bucket, record, null) : new EntryPlace(bucket, record[..rootLength], record);
    }

    private string BucketStart(int bucket) => string.Create(MemberStart, bucket, (name, number) => WriteBucketStart(number, name));

    private void WriteBucketStart(int bucket, Span<char> name)
    {
        prefix.CopyTo(name);
        name[prefix.Length] = '{';
        bucket.TryFormat(name[(prefix.Length + 1)..], out _, "x3", CultureInfo.InvariantCulture);
        name[prefix.Length + 4] = '}';
    }

    /// <summary>A recently used key.</summary>
    internal sealed class Placed(CacheKey key, EntryPlace place)
    {
        private RedisKeyOrValue[]? _request;

        /// <summary>The key.</summary>
        public CacheKey Key => key;

        /// <summary>The location of its responses.</summary>
        public EntryPlace Place => place;

        /// <summary>The request for the record at that location, made once.</summary>
        /// <param name="mostBytes">The most bytes to read: the same in each call.</param>
        public RedisKeyOrValue[] Request(int mostBytes) => _request ??= BeginningOf(place.Record, mostBytes);
    }
}
