using HttpCaching.Control.Flights;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Stores one response while its body goes by, and makes it visible when the body was whole.</summary>
internal sealed class Recorder : IRecordingSink, IWrittenBytes
{
    private readonly CacheServices _services;
    private readonly CacheKey _key;
    private readonly HttpCacheWriter _writer;
    private readonly StoreCommit _commit;
    private readonly IReadOnlyList<StoredResponse> _superseded;
    private readonly long _prefixLength;
    private readonly StoredResponse? _standingPart;
    private volatile bool _isAbandoned;
    private volatile bool _isSpoilt;
    private StoredBody? _suffix;
    private long _suffixFirst;
    private HttpCacheSnapshot? _suffixSnapshot;

    private Recorder(
        CacheServices services, CacheKey key, HttpCacheWriter writer, StoreCommit commit, IReadOnlyList<StoredResponse> superseded, long prefixLength, StoredResponse? standingPart)
    {
        _services = services;
        _key = key;
        _writer = writer;
        _commit = commit;
        _superseded = superseded;
        _prefixLength = prefixLength;
        _standingPart = standingPart;
    }

    /// <summary>Begins to store a response; null if the store won't take it.</summary>
    /// <param name="services">The cache.</param>
    /// <param name="exchange">The request, whose snapshot gives the conditions of the commit.</param>
    /// <param name="head">The head to store.</param>
    /// <param name="superseded">Stored responses that go once this one is visible.</param>
    /// <param name="expectedLength">The body length if it is known.</param>
    /// <param name="prefix">Bytes that go before the received ones: a stored part.</param>
    /// <param name="prefixLength">How many of them.</param>
    public static async ValueTask<Recorder?> BeginAsync(
        CacheServices services,
        Exchange exchange,
        StoredResponse head,
        IReadOnlyList<StoredResponse> superseded,
        long? expectedLength,
        StoredBody? prefix = null,
        long prefixLength = 0)
    {
        if (exchange.Snapshot is not { } snapshot)
        {
            return null;
        }

        var commit = new StoreCommit
        {
            Head = head,
            Stamp = snapshot.Stamp,
            Replaces = Standing(snapshot, head.Variant)?.Generation,
            Retention = StorageRules.Retention(head, services.Clock.Now, services.Policy),
        };
        var standingPart = snapshot.Responses.IsEmpty ? null
            : Standing(snapshot, VariantRules.IdOf(head.Method, default(PartRange), head.SelectingFields));
        var writer = await services.Store.BeginWriteAsync(exchange.Key, expectedLength + prefixLength, exchange.CancellationToken).ConfigureAwait(false);
        if (writer is null)
        {
            return null;
        }

        var recorder = new Recorder(services, exchange.Key, writer, commit, superseded, prefixLength, standingPart);
        if (prefix is not null && !await recorder.CopyAsync(prefix, 0, prefixLength).ConfigureAwait(false))
        {
            if (!recorder._isAbandoned)
            {
                services.Store.Abandon(writer);
            }

            return null;
        }

        return recorder;
    }

    /// <summary>Has what a stored part holds beyond the received bytes written after them.</summary>
    /// <param name="body">The part; taken over.</param>
    /// <param name="first">The position of its first byte in the representation.</param>
    /// <param name="snapshot">What it was opened from; taken over.</param>
    public void Append(StoredBody body, long first, HttpCacheSnapshot? snapshot) => (_suffix, _suffixFirst, _suffixSnapshot) = (body, first, snapshot);

    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ValueTask<bool> write;
        try
        {
            using var waiting = _services.Store.Wait(CancellationToken.None);
            write = _writer.WriteAsync(data, cancellationToken);
            if (write.IsCompletedSuccessfully)
            {
                return write.Result;
            }
        }
        catch (Exception exception)
        {
            _services.Store.Fault(exception, "write");
            return false;
        }

        // The bytes are the caller's buffer: a write that outlives its time limit may read what the caller puts there next, so nothing is committed then.
        var task = write.AsTask();
        var written = await _services.Store.WatchAsync("write", task).ConfigureAwait(false);
        if (!task.IsCompleted)
        {
            _isAbandoned = true;
            _services.Store.AbandonAfter(task, _writer);
        }

        return written && !_isAbandoned;
    }

    /// <summary>What has been stored so far, for others to read along; null if the store can't do that.</summary>
    public StoredBody? OpenWritten()
    {
        try
        {
            return _writer.OpenWritten();
        }
        catch (Exception exception)
        {
            _services.Store.Fault(exception, "open written");
            return null;
        }
    }

    public async ValueTask CompleteAsync(long length)
    {
        if (_isAbandoned)
        {
            return;
        }

        if (await StoreAsync(length).ConfigureAwait(false) is not { } stored)
        {
            Log.StoreLost(_services.Logger, Log.Loggable(_key.Uri), "a response");
            return;
        }

        Log.Stored(_services.Logger, Log.Loggable(_key.Uri), stored.BodyLength);
        foreach (var old in _superseded)
        {
            await _services.Store.RemoveAsync(_key, old.Generation).ConfigureAwait(false);
        }
    }

    /// <summary>The bytes so far are no beginning of anything: nothing of them is kept.</summary>
    public void Spoil() => _isSpoilt = true;

    public void Abort(long received, RecordingEnd reason)
    {
        ReleaseSuffix();

        // A writer that is still at work is disposed when it has finished.
        if (_isAbandoned)
        {
            return;
        }

        if (reason is RecordingEnd.Disposed or RecordingEnd.ReadFailed && !_isSpoilt
            && PartialRules.BeginningOf(_commit.Head, _prefixLength + received, _standingPart, _services.Policy) is { } beginning)
        {
            _services.Pending.Add(_services.Store.CommitAsync(_writer, _key, _commit with { Head = beginning, Replaces = _standingPart?.Generation }).AsTask());
            return;
        }

        _services.Store.Abandon(_writer);
    }

    private static StoredResponse? Standing(HttpCacheSnapshot snapshot, string variant)
    {
        foreach (var stored in snapshot.Responses)
        {
            if (stored.Variant == variant)
            {
                return stored;
            }
        }

        return null;
    }

    /// <summary>Makes the whole response visible; null if the store would not have it.</summary>
    private async ValueTask<StoredResponse?> StoreAsync(long length)
    {
        long? total;
        try
        {
            total = await AppendSuffixAsync(_prefixLength + length).ConfigureAwait(false);
        }
        finally
        {
            ReleaseSuffix();
        }

        if (total is not { } whole)
        {
            if (!_isAbandoned)
            {
                _services.Store.Abandon(_writer);
            }

            return null;
        }

        var head = Finished(whole);
        return await _services.Store.CommitAsync(_writer, _key, _commit with { Head = head }).ConfigureAwait(false) ? head : null;
    }

    /// <summary>The length with what a stored part goes on with; null if that can't be read, and nothing is stored.</summary>
    private async ValueTask<long?> AppendSuffixAsync(long length)
    {
        if (_suffix is not { } suffix || _commit.Head.Part is not { } part)
        {
            return length;
        }

        var offset = part.First + length - _suffixFirst;
        if (offset < 0 || offset >= suffix.Length)
        {
            return length;
        }

        return await CopyAsync(suffix, offset, suffix.Length).ConfigureAwait(false) ? length + suffix.Length - offset : null;
    }

    private void ReleaseSuffix()
    {
        _suffix?.Dispose();
        _suffixSnapshot?.Dispose();
        (_suffix, _suffixSnapshot) = (null, null);
    }

    /// <summary>The head with what is known only now: how long the body is, and whether parts have become a whole.</summary>
    private StoredResponse Finished(long length)
    {
        var head = _commit.Head;
        if (head.Part is not { } part)
        {
            return head.WithBody(length);
        }

        return part.First == 0 && part.Total == length
            ? head.AsWhole(length, head.BodyId, VariantRules.IdOf(head.Method, null, head.SelectingFields))
            : head.WithBody(length, part);
    }

    private async ValueTask<bool> CopyAsync(StoredBody source, long start, long end)
    {
        var buffer = new byte[(int)Math.Min(end - start, 64 * 1024)];
        try
        {
            for (var offset = start; offset < end;)
            {
                var wanted = (int)Math.Min(buffer.Length, end - offset);
                var count = await source.ReadAsync(offset, buffer.AsMemory(0, wanted), CancellationToken.None).ConfigureAwait(false);
                if (count == 0 || !await WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false))
                {
                    return false;
                }

                offset += count;
            }

            return true;
        }
        catch (IOException exception)
        {
            _services.Store.Fault(exception, "read");
            return false;
        }
    }
}
