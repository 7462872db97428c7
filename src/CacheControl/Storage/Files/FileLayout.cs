using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using HttpCaching.Storage.Format;

namespace HttpCaching.Storage.Files;

/// <summary>The layout of a file store on disk, and the reason why independent processes may share it.</summary>
internal static class FileLayout
{
    // The directory
    //
    //   <root>/v1/                          of this version alone; a newer one makes its own beside it
    //     state                             invalidations and the ledger of sizes, see StateFile
    //     locks/00 .. ff, log, maintenance  empty but for the store's identity; locked, never waited for by readers
    //     tmp/<2 digits>/<file id>          bodies that are being written
    //     3f/                               a shard: the first byte of the URI's hash
    //       <uri>.r                         the record of the URI's common scope
    //       <uri>.<file id>.b               a body that the record refers to
    //       <uri>.<file id>.t               a record that is being written: there for an instant, under the lock of the shard
    //       <uri>.d/<scope>.r  <scope>.<file id>.b     the same for each other scope
    //
    // <uri> and <scope> are the first 160 bits of SHA-256 (with a key: HMAC-SHA-256), in hexadecimal digits. The record holds the key itself.
    //
    // Every file begins with this header. All numbers are little-endian.
    //
    //    0  4  magic "CCFR" (record) or "CCFB" (body)
    //    4  1  version of this format
    //    5  1  seal: 0 checksums, 1 AES-256-GCM
    //    6  2  zero
    //    8  8  number of content bytes, trailers not counted
    //   16 16  file id, random
    //   32 28  zero
    //   60  4  CRC-32C of the 60 bytes before
    //
    // A record goes on with one block of any length: the heads of all stored responses of the key, newest first, with the small bodies.
    //
    //          4  count, then for each response:
    //             4  length of its head
    //             4  0: its body follows its head; 1: its body is a file
    //            16  the file id of that file, or zero
    //          then for each response: head (see HeadLayout), body if it is here
    //      16  trailer
    //
    // A body goes on with blocks of 64 KiB, of which the last one may be shorter:
    //
    //    0  65520  content
    //          16  trailer
    //
    // A trailer is a checksum of content, file id and number of the block, then zeros: CRC-32C over each quarter of the content, in whole words of
    // eight bytes, then CRC-32C over the bytes that are left, those four sums, the id and the number; or the tag of AES-256-GCM, whose key is derived from the
    // store's key and the file id, and whose nonce is the number of the block. So a block of another place or another file never passes.
    //
    // Which code changes which file
    //
    //   Body files never change. A record never changes either: a new one replaces it by rename. The first record of a key, if it is small, is written to its place
    //   without a rename: a reader sees a file without a byte, and looks again, or the whole record. So a reader that opens a record has one
    //   consistent view of the key. It then opens the bodies. If one is gone in the meantime, it reads the record that replaced the first.
    //   Open handles keep bodies readable after that. Readers take no lock.
    //
    //   A writer takes the lock of the shard for the moment of the change. It reads the record, compares generations and ranks, and checks that the
    //   URI was not invalidated since the writer's snapshot. It moves body and record into place and deletes files without a reference. Locks are
    //   locks of the operating system on open files and end with their process. The body was written before, without any lock.
    //
    //   A killed process leaves files in tmp. They are locked while their writer lives; other processes sweep them after that. If the process died
    //   within the change, it also leaves a mark in the ledger. Then the shard is counted again, and two kinds of files are deleted: records that never
    //   came to their place, and bodies without a record.
    public const byte Version = 1;
    public const string VersionDirectory = "v1";
    public const int Shards = 256;
    public const int HashBytes = 20;
    public const int HeaderBytes = 64;
    public const int TrailerBytes = 16;
    public const int BlockBytes = 64 * 1024;
    public const int BlockContentBytes = BlockBytes - TrailerBytes;
    public const int PartBytes = 24;
    public const string RecordExtension = ".r";
    public const string BodyExtension = ".b";
    public const string TemporaryExtension = ".t";
    public const string ScopesExtension = ".d";

    /// <summary>The most bytes of a record, which is read in one piece. A longer file is not from this store.</summary>
    public const long MostRecordBytes = 64 * 1024 * 1024;

    private const int HeaderChecksumPosition = 60;
    private const int Lanes = 4;

    // File systems allocate whole blocks; a limit that counts a 100-byte file as 100 bytes would fill disks ten times over.
    private const long DiskBlockBytes = 4096;

    public static ReadOnlySpan<byte> RecordMagic => "CCFR"u8;

    public static ReadOnlySpan<byte> BodyMagic => "CCFB"u8;

    /// <summary>The length of a body file.</summary>
    public static long BodyFileBytes(long bodyLength) =>
        HeaderBytes + bodyLength + (TrailerBytes * ((bodyLength + BlockContentBytes - 1) / BlockContentBytes));

    /// <summary>The bytes that a file of this length takes on disk, approximately.</summary>
    public static long OnDisk(long fileBytes) => (fileBytes + DiskBlockBytes - 1) / DiskBlockBytes * DiskBlockBytes;

    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> magic, byte seal, long contentBytes, FileId id)
    {
        header[..HeaderBytes].Clear();
        magic.CopyTo(header);
        header[4] = Version;
        header[5] = seal;
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], contentBytes);
        id.Write(header[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderChecksumPosition..], HeadLayout.Checksum(header[..HeaderChecksumPosition]));
    }

    /// <summary>Reads a header. Returns false if it is damaged, or of another version or seal.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, ReadOnlySpan<byte> magic, byte seal, out long contentBytes, out FileId id)
    {
        contentBytes = -1;
        id = default;
        if (header.Length < HeaderBytes || !header.StartsWith(magic) || header[4] != Version || header[5] != seal
            || BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumPosition..]) != HeadLayout.Checksum(header[..HeaderChecksumPosition]))
        {
            return false;
        }

        contentBytes = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        id = FileId.Read(header[16..]);
        return contentBytes >= 0;
    }

    /// <summary>
    /// The checksum of a block, bound to its file and place. CRC-32C takes one step after the other. Over four quarters in parallel it takes
    /// less than half the time.
    /// </summary>
    public static uint BlockChecksum(ReadOnlySpan<byte> content, FileId id, long index)
    {
        var lane = content.Length / (Lanes * sizeof(ulong)) * sizeof(ulong);
        var words = MemoryMarshal.Cast<byte, ulong>(content[..(Lanes * lane)]);
        var first = words[..(words.Length / Lanes)];
        var second = words.Slice(first.Length, first.Length);
        var third = words.Slice(2 * first.Length, first.Length);
        var fourth = words.Slice(3 * first.Length, first.Length);
        uint one = 1, two = 2, three = 3, four = 4;
        for (var i = 0; i < first.Length; i++)
        {
            one = BitOperations.Crc32C(one, Little(first[i]));
            two = BitOperations.Crc32C(two, Little(second[i]));
            three = BitOperations.Crc32C(three, Little(third[i]));
            four = BitOperations.Crc32C(four, Little(fourth[i]));
        }

        var sum = HeadLayout.Checksum(content[(Lanes * lane)..]);
        sum = BitOperations.Crc32C(sum, one | ((ulong)two << 32));
        sum = BitOperations.Crc32C(sum, three | ((ulong)four << 32));
        sum = BitOperations.Crc32C(sum, id.High);
        sum = BitOperations.Crc32C(sum, id.Low);
        return BitOperations.Crc32C(sum, (ulong)index);
    }

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
