using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HttpCaching.Storage.Files;

/// <summary>Protects the contents of files, and hashes names.</summary>
internal abstract class FileSeal
{
    /// <summary>The number of the seal in a file's header.</summary>
    public abstract byte Kind { get; }

    /// <summary>Whether contents are encrypted.</summary>
    public abstract bool IsSecret { get; }

    /// <summary>Binds the seal to a store. Files that another store sealed with the same key are refused.</summary>
    public virtual void Bind(long store)
    {
    }

    /// <summary>The seal of one file's blocks.</summary>
    public abstract BlockSeal For(FileId id);

    /// <summary>Hashes a text for use as a file name.</summary>
    public abstract void HashName(ReadOnlySpan<byte> text, Span<byte> hash);

    /// <summary>Checksums: they protect against damage, not against malice.</summary>
    public sealed class Checksums : FileSeal
    {
        public override byte Kind => 0;

        public override bool IsSecret => false;

        public override BlockSeal For(FileId id) => new ChecksumBlockSeal(id);

        public override void HashName(ReadOnlySpan<byte> text, Span<byte> hash) => SHA256.HashData(text, hash);
    }

    /// <summary>Encrypts and authenticates. Names are hashed with the key too, so a reader of the files without the key can't test which URIs are stored.</summary>
    public sealed class Encryption : FileSeal
    {
        private readonly byte[] _contentKey;
        private readonly byte[] _nameKey;
        private long _store;

        public Encryption(ReadOnlySpan<byte> key)
        {
            _contentKey = new byte[32];
            _nameKey = new byte[32];
            HKDF.Expand(HashAlgorithmName.SHA256, key, _contentKey, "CacheControl content 2"u8);
            HKDF.Expand(HashAlgorithmName.SHA256, key, _nameKey, "CacheControl names 1"u8);
        }

        public override byte Kind => 1;

        public override bool IsSecret => true;

        public override void Bind(long store) => Volatile.Write(ref _store, store);

        public override BlockSeal For(FileId id)
        {
            // Each file has its own key, so block numbers can be the nonces and never repeat under one key.
            Span<byte> info = stackalloc byte[FileId.Bytes + sizeof(long)];
            id.Write(info);
            BinaryPrimitives.WriteInt64LittleEndian(info[FileId.Bytes..], Volatile.Read(ref _store));
            Span<byte> key = stackalloc byte[32];
            HKDF.Expand(HashAlgorithmName.SHA256, _contentKey, key, info);
            return new AesBlockSeal(key);
        }

        public override void HashName(ReadOnlySpan<byte> text, Span<byte> hash) => HMACSHA256.HashData(_nameKey, text, hash);
    }

    private sealed class ChecksumBlockSeal(FileId id) : BlockSeal
    {
        public override void Close(long index, Span<byte> content, Span<byte> trailer)
        {
            trailer.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, FileLayout.BlockChecksum(content, id, index));
        }

        public override bool TryOpen(long index, Span<byte> content, ReadOnlySpan<byte> trailer) =>
            BinaryPrimitives.ReadUInt32LittleEndian(trailer) == FileLayout.BlockChecksum(content, id, index);
    }

    private sealed class AesBlockSeal(ReadOnlySpan<byte> key) : BlockSeal
    {
        private readonly AesGcm _aes = new(key, FileLayout.TrailerBytes);

        // Two threads must not use one instance at the same time.
        private readonly Lock _lock = new();

        public override void Close(long index, Span<byte> content, Span<byte> trailer)
        {
            Span<byte> nonce = stackalloc byte[12];
            WriteNonce(nonce, index);
            lock (_lock)
            {
                _aes.Encrypt(nonce, content, content, trailer);
            }
        }

        public override bool TryOpen(long index, Span<byte> content, ReadOnlySpan<byte> trailer)
        {
            Span<byte> nonce = stackalloc byte[12];
            WriteNonce(nonce, index);
            try
            {
                lock (_lock)
                {
                    _aes.Decrypt(nonce, content, trailer, content);
                }

                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }

        public override void Dispose() => _aes.Dispose();

        private static void WriteNonce(Span<byte> nonce, long index)
        {
            nonce.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(nonce, index);
        }
    }
}
