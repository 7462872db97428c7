namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// The layout of the file.
/// <code>
/// format        the version and the seed again: they must equal those of the header and the state
/// state         one row: the numbers that all processes share
///   stamp       the number of the last invalidation
///   floor       a commit with a stamp below it is refused: invalidations up to it are no longer known, or were another file's
///   cleared     the stamp of the last invalidation of all URIs
///   seq         the number of the last transaction that doomed a body
///   bytes, responses   the size of the store, updated in each transaction that changes it
///   seed        random, for the hashes of this file: no client can choose URIs with equal hashes
/// entry         one narrow row for each stored response: the columns for changes and maintenance
///   hash        of the URI (see <see cref="UriHash"/>)
///   until       the millisecond since 1970 at which the retention ends: then it is a miss, and is removed by the index in time
/// content       under the same id: until again, head, and a small body (body) or the number of another (chunked), with its seal
/// body          one row for each body in chunks
///   owner       the reader table's id of the store that writes it; 0 once it is committed
///   doomed      0, or the seq at which its entry was removed: deleted when no snapshot from before can need it
/// chunk         id = (body's id &lt;&lt; 20) + index: the pieces, 64 KiB each but the last, after their checksums of four bytes
/// tag, invalidation   by text; an invalidation of a tag or of a prefix has a control character in front of it
/// </code>
/// A read is one search in the index of <c>entry</c>, whose rows it needn't see, and one in <c>content</c>. That index is by hash, because one by URI is four times as large,
/// and the cost of a read would grow with the number of entries; URIs of one hash are told apart by the whole key in the head. Tables with blobs have integer keys:
/// a blob in an index tree would make it deep and slow. The file vacuums itself by steps (auto_vacuum = INCREMENTAL), so that it can shrink.
/// </summary>
internal static class Schema
{
    /// <summary>The number in the file's header: "HCch". A file with another number belongs to another program.</summary>
    public const long ApplicationId = 0x48436368;

    /// <summary>Raised with each change that an older version of the library can't read.</summary>
    public const long Version = 1;

    /// <summary>The number of index bits in a chunk's id.</summary>
    public const int IndexBits = 20;

    public const string Create = """
        CREATE TABLE format(version INTEGER NOT NULL, seed INTEGER NOT NULL);
        CREATE TABLE state(id INTEGER PRIMARY KEY, stamp INTEGER NOT NULL, floor INTEGER NOT NULL, cleared INTEGER NOT NULL,
            seq INTEGER NOT NULL, bytes INTEGER NOT NULL, responses INTEGER NOT NULL, seed INTEGER NOT NULL);
        CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, scope TEXT NOT NULL, uri TEXT NOT NULL, variant TEXT NOT NULL,
            rank INTEGER NOT NULL, generation INTEGER NOT NULL, bytes INTEGER NOT NULL, chunked INTEGER NOT NULL, tags INTEGER NOT NULL,
            used INTEGER NOT NULL, uses INTEGER NOT NULL, until INTEGER NOT NULL);
        CREATE INDEX entry_key ON entry(hash, scope);
        CREATE INDEX entry_until ON entry(until);
        CREATE TABLE content(id INTEGER PRIMARY KEY, chunked INTEGER NOT NULL, seal INTEGER NOT NULL, until INTEGER NOT NULL,
            head BLOB NOT NULL, body BLOB);
        CREATE TABLE body(id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL, doomed INTEGER NOT NULL);
        CREATE INDEX body_doomed ON body(doomed) WHERE doomed > 0;
        CREATE INDEX body_owner ON body(owner) WHERE owner > 0;
        CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE tag(tag TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY(tag, entry)) WITHOUT ROWID;
        CREATE INDEX tag_entry ON tag(entry);
        CREATE TABLE invalidation(uri TEXT PRIMARY KEY, stamp INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>The id of a chunk row.</summary>
    public static long ChunkId(long body, long index) => (body << IndexBits) + index;
}
