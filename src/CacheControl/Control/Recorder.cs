using HttpCaching.Control.Flights;
using HttpCaching.Diagnostics;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control;

/// <summary>Stores one response while its body goes by, and makes it visible when the body was whole.</summary>
internal sealed class Recorder : IRecordingSink, IWrittenBytes
{
    private readonly CacheServices _services;
    private readonly CacheKey _key;
    private readonly PolicySettings _policy;
    private readonly HttpCacheWriter _writer;
    private readonly IReadOnlyList<StoredResponse> _superseded;
    private readonly long _prefixLength;
    private readonly StoredResponse? _standingPart;
    private readonly StoringOutcome _outcome;
    private StoreCommit _commit;
    private long _askedAfter;
    private CacheSpan _span;
    private NotStoredReason _refusal = NotStoredReason.StoreUnavailable;
    private volatile bool _isAbandoned;
    private volatile bool _isSpoilt;
    private StoredBody? _suffix;
    private long _suffixFirst;
    private HttpCacheSnapshot? _suffixSnapshot;

    private Recorder(
        CacheServices services,
        CacheKey key,
        PolicySettings policy,
        HttpCacheWriter writer,
        StoreCommit commit,
        IReadOnlyList<StoredResponse> superseded,
        long prefixLength,
        StoredResponse? standingPart,
        StoringOutcome outcome)
    {
        _services = services;
        _key = key;
        _policy = policy;
        _writer = writer;
        _commit = commit;
        _superseded = superseded;
        _prefixLength = prefixLength;
        _standingPart = standingPart;
        _outcome = outcome;
    }

    /// <summary>Begins to store a response; null if the store won't take it, which the outcome tells then.</summary>
    /// <param name="services">The cache.</param>
    /// <param name="exchange">The request, whose snapshot gives the conditions of the commit.</param>
    /// <param name="outcome">Is told what becomes of it.</param>
    /// <param name="head">The head to store.</param>
    /// <param name="superseded">Stored responses that go once this one is visible.</param>
    /// <param name="expectedLength">The body length if it is known.</param>
    /// <param name="prefix">Bytes that go before the received ones: a stored part.</param>
    /// <param name="prefixLength">How many of them.</param>
    public static async ValueTask<Recorder?> BeginAsync(
        CacheServices services,
        Exchange exchange,
        StoringOutcome outcome,
        StoredResponse head,
        IReadOnlyList<StoredResponse> superseded,
        long? expectedLength,
        StoredBody? prefix = null,
        long prefixLength = 0)
    {
        if (exchange.Snapshot is not { } snapshot)
        {
            services.NoteNotStored(outcome, NotStoredReason.StoreUnavailable, head);
            return null;
        }

        var commit = new StoreCommit
        {
            Head = head,
            Stamp = snapshot.Stamp,
            Replaces = Standing(snapshot, head.Variant)?.Generation,
            Retention = StorageRules.Retention(head, services.Clock.Now, exchange.Policy),
        };
        var standingPart = snapshot.Responses.IsEmpty ? null
            : Standing(snapshot, VariantRules.IdOf(head.Method, default(PartRange), head.SelectingFields));
        var (writer, reason) = await services.Store.BeginWriteAsync(exchange.Key, expectedLength + prefixLength, exchange.CancellationToken).ConfigureAwait(false);
        if (writer is null)
        {
            services.NoteNotStored(outcome, reason, head);
            return null;
        }

        var recorder = new Recorder(services, exchange.Key, exchange.Policy, writer, commit, superseded, prefixLength, standingPart, outcome)
        {
            _askedAfter = exchange.AskedAfter,
            _span = services.Activities.Step(SpanNames.Store, exchange.Span, SpanKind.Detached),
        };
        if (prefix is not null && !await recorder.CopyAsync(prefix, 0, prefixLength).ConfigureAwait(false))
        {
            if (!recorder._isAbandoned)
            {
                services.Store.Abandon(writer);
            }

            recorder.EndSpan(recorder._refusal, null);
            services.NoteNotStored(outcome, recorder._refusal, head);
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
                return Took(write.Result);
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
            return false;
        }

        return task.IsCompletedSuccessfully ? Took(written) : written;
    }

    /// <summary>The body written so far, for others to read along; null if the store can't do that.</summary>
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
            NotStored(_refusal);
            return;
        }

        if (await StoreAsync(length).ConfigureAwait(false) is { } lost)
        {
            NotStored(lost);
            return;
        }

        var head = _commit.Head;
        if (_outcome.TrySettle(null))
        {
            _services.Metrics.Storing(null);
            _services.Partitions.Note(_key);
            EndSpan(null, head.BodyLength);
            _services.Observers?.Stored(head.Method, _key.Uri, head.BodyLength);
            Log.Stored(_services.Logger, Log.Loggable(_key.Uri), head.BodyLength);
        }

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
        NotStored(reason switch
        {
            RecordingEnd.Disposed => NotStoredReason.BodyNotRead,
            RecordingEnd.ReadFailed or RecordingEnd.Mismatch => NotStoredReason.BrokenOff,
            RecordingEnd.WrongDigest => NotStoredReason.DigestMismatch,
            _ => _refusal,
        });

        // A writer that is still at work is disposed when it has finished.
        if (_isAbandoned)
        {
            return;
        }

        if (reason is RecordingEnd.Disposed or RecordingEnd.ReadFailed && !_isSpoilt
            && PartialRules.BeginningOf(_commit.Head, _prefixLength + received, _standingPart, _policy) is { } beginning)
        {
            _services.Pending.Add(_services.Store.CommitAsync(_writer, _key, _commit with { Head = beginning, Replaces = _standingPart?.Generation }, _askedAfter).AsTask());
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

    private bool Took(bool isTaken)
    {
        if (!isTaken)
        {
            _refusal = NotStoredReason.TooLarge;
        }

        return isTaken && !_isAbandoned;
    }

    private void NotStored(NotStoredReason reason)
    {
        EndSpan(reason, null);
        if (_services.NoteNotStored(_outcome, reason, _commit.Head) && _services.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.NotStored(_services.Logger, _commit.Head.Method, Log.Loggable(_key.Uri), CacheStatusText.Of(reason), reason);
        }
    }

    private void EndSpan(NotStoredReason? reason, long? bytes)
    {
        _span.Tag(SpanNames.Stored, reason is null);
        _span.Tag(SpanNames.NotStored, reason is { } known ? CacheStatusNames.DetailOf(known) : null);
        _span.Tag(SpanNames.BodySize, bytes);
        _span.Dispose();
        _span = default;
    }

    /// <summary>Makes the whole response visible, whose head is the commit's from then on.</summary>
    /// <returns>Null if it is visible, else the reason why the store would not have it.</returns>
    private async ValueTask<NotStoredReason?> StoreAsync(long length)
    {
        long? total = _prefixLength + length;
        try
        {
            if (_suffix is not null)
            {
                total = await AppendSuffixAsync(_prefixLength + length).ConfigureAwait(false);
            }
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

            return _refusal;
        }

        var head = Finished(whole);
        _commit = ReferenceEquals(head, _commit.Head) ? _commit : _commit with { Head = head };
        return await _services.Store.CommitAsync(_writer, _key, _commit, _askedAfter).ConfigureAwait(false);
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

    /// <summary>The head with the facts known only now: the length of the body, and whether parts have become a whole.</summary>
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
