using System.Buffers;

namespace HttpCaching.Sqlite.Engine;

/// <summary>
/// A body during its write: up to four pieces in memory, the earlier ones in the file. The writer and the readers of the arriving bytes share it; the
/// last of them releases it.
/// </summary>
internal sealed class BodyBuffer(OpenFile file, long? expectedLength)
{
    private const int MostPieces = 4;
    private const int Piece = SqliteStoreSettings.ChunkBytes;
    private const int SmallestBuffer = 4096;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _pieces = [];
    private long _flushed;
    private long _length;
    private long _id;
    private int _users = 1;
    private bool _isCommitted;
    private Pin? _pin;

    /// <summary>The number that the checksums of the pieces are bound to.</summary>
    public long Salt { get; } = Random.Shared.NextInt64();

    /// <summary>The number of bytes written.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Adds bytes. When several pieces are full, they go to the file in a transaction of their own.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            var start = (int)(_length % Piece);
            if (start == 0 && _pieces.Count == MostPieces)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            var count = Math.Min(data.Length, Piece - start);
            Append(data.Span[..count], start);
            data = data[count..];
        }
    }

    /// <summary>Makes the body visible with its head.</summary>
    public async Task<bool> CommitAsync(CacheKeyAndCommit commit, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        var pieces = _pieces.ToArray();
        var isInline = _id == 0 && _length <= file.Settings.InlineBytes;
        var first = _flushed;
        var began = _id;
        var id = began;
        var isStored = await file.Queue.RunAsync(
            writer =>
            {
                id = began;
                if (isInline)
                {
                    var bytes = pieces.Length == 0 ? default : pieces[0].AsMemory(0, (int)_length);
                    return writer.Commit(commit.Key, commit.Commit, head.Span, new WrittenBody(bytes, 0, 0, 0));
                }

                // The remaining pieces are in one transaction with the head. If the commit is refused, which is rare, their write was in vain.
                id = Write(writer, _pin?.Database, id, first, pieces);
                return writer.Commit(commit.Key, commit.Commit, head.Span, new WrittenBody(default, id, Salt, file.Owner));
            },
            cancellationToken).ConfigureAwait(false);
        _id = id;
        _isCommitted = isStored;
        return isStored;
    }

    /// <summary>Opens the written bytes for reading.</summary>
    public StoredBody? Open()
    {
        lock (_lock)
        {
            if (_users == 0)
            {
                return null;
            }

            _users++;
            return new GrowingBody(this);
        }
    }

    /// <summary>Reads written bytes.</summary>
    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var length = Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length);
        var (index, start) = Math.DivRem(offset, Piece);
        var count = (int)Math.Min(Math.Min(buffer.Length, Piece - start), length - offset);
        lock (_lock)
        {
            if (index >= _flushed)
            {
                if (count > 0)
                {
                    _pieces[(int)(index - _flushed)].AsSpan((int)start, count).CopyTo(buffer);
                }

                return count;
            }
        }

        // During the write, only complete pieces are in the file.
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        var database = _pin!.Database;
        var reader = database.Rent();
        try
        {
            reader.ReadChunk(new ChunkedBytes(_id, Salt, length), index, piece.AsSpan(0, Piece));
            piece.AsSpan((int)start, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            database.Return(reader);
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Releases one use. The last one abandons a body that was not committed.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_users > 0)
            {
                return;
            }

            _pieces.ForEach(p => ArrayPool<byte>.Shared.Return(p));
            _pieces.Clear();
        }

        _pin?.Dispose();
        if (_id != 0 && !_isCommitted)
        {
            file.AbandonLater(_id);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var pieces = _pieces.ToArray();
        var id = _id;
        var first = _flushed;
        var database = _pin?.Database ?? file.DatabaseToWrite();
        id = await file.Queue.RunAsync(writer => Write(writer, database, id, first, pieces), cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _id = id;

            // Before the commit: a reader of the arriving bytes may continue after the response has been replaced.
            _pin ??= new Pin(database, database.LastSeq, [id]);
            _flushed += pieces.Length;
            _pieces.Clear();
        }

        Array.ForEach(pieces, p => ArrayPool<byte>.Shared.Return(p));
    }

    private long Write(WriteConnection writer, Database? database, long id, long first, byte[][] pieces)
    {
        if (database is not null && writer != database.Writer)
        {
            throw new BodyGoneException("The cache file was set aside or deleted during the write of the body.");
        }

        if (id == 0)
        {
            id = writer.BeginBody(file.Owner);
        }
        else
        {
            writer.ContinueBody(id, file.Owner);
        }

        for (var i = 0; i < pieces.Length; i++)
        {
            var count = (int)Math.Min(Piece, _length - ((first + i) * Piece));
            writer.AddChunk(id, first + i, Salt, pieces[i].AsSpan(0, count));
        }

        return id;
    }

    private void Append(ReadOnlySpan<byte> data, int start)
    {
        lock (_lock)
        {
            if (start == 0)
            {
                var likely = Math.Max(data.Length, (expectedLength ?? 0) - _length);
                _pieces.Add(ArrayPool<byte>.Shared.Rent((int)Math.Clamp(likely, SmallestBuffer, Piece)));
            }

            var last = _pieces[^1];
            if (last.Length < start + data.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Piece, Math.Max(2 * last.Length, start + data.Length)));
                last.AsSpan(0, start).CopyTo(larger);
                _pieces[^1] = larger;
                ArrayPool<byte>.Shared.Return(last);
                last = larger;
            }

            data.CopyTo(last.AsSpan(start));
            Volatile.Write(ref _length, _length + data.Length);
        }
    }
}
