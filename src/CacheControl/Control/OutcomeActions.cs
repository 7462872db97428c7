using System.Net;
using System.Runtime.CompilerServices;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>Carries out what the rules have decided about a response: changes the store, and makes the caller's response.</summary>
internal sealed class OutcomeActions(CacheServices services)
{
    private readonly FlightSharing _sharing = new(services);

    /// <summary>The caller's response for an outcome other than a resend.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> FinishAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome outcome)
    {
        NotStoredReason? lost = null;
        if (!outcome.Updates.IsEmpty || !StaysUntilVisible(outcome))
        {
            lost = await UpdateAsync(exchange, outcome).ConfigureAwait(false);
        }

        return outcome switch
        {
            ResponseOutcome.Freshen freshen => Freshen(exchange, received, freshen, lost),
            ResponseOutcome.ServeStale stale => ServeStale(exchange, stale, received.Response),
            ResponseOutcome.StoreNew stored => await StoreAsync(exchange, received, stored).ConfigureAwait(false),
            ResponseOutcome.Complete complete => await CompleteAsync(exchange, received, complete).ConfigureAwait(false),
            ResponseOutcome.PassThrough pass => Pass(exchange, received, pass.Reason),
            _ => throw new InvalidOperationException($"There is no response for {outcome.GetType().Name}."),
        };
    }

    /// <summary>The stored response in place of an origin that failed.</summary>
    public Answer ServeStale(Exchange exchange, ResponseOutcome.ServeStale stale, HttpResponseMessage? failed, bool isHit = false)
    {
        exchange.Flight?.StandIn(isDisconnected: failed is null);
        var body = exchange.TakePin(stale.Stored);
        var response = StoredAnswer.Make(exchange.Request, exchange.Facts, stale.Stored, stale.Age, SnapshotFor(exchange, body), body);
        var facts = ResponseConclusions.Of(stale.Stored, exchange.Policy);
        var status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Hit = isHit,
            Forward = isHit ? ForwardReason.None : ForwardReason.Stale,
            ForwardStatus = failed is null ? null : (int)failed.StatusCode,
            TimeToLive = facts.FreshnessLifetime - stale.Age,
            Age = stale.Age,
            Source = facts.Source,
            Collapsed = exchange.Collapsed,
            Reason = stale.Permission,
        };
        failed?.Dispose();
        return new Answer(response, status, StoredAnswer.BytesOf(response));
    }

    /// <summary>The stale response for a caller whose patience was shorter than the validation.</summary>
    public Answer Late(Exchange exchange)
    {
        var stored = exchange.Decision.Stored!;
        var age = ResponseConclusions.Of(stored, exchange.Policy).CurrentAge(services.Clock.Now);
        return ServeStale(exchange, new ResponseOutcome.ServeStale(stored, age, CacheReason.SoftTimeout), null);
    }

    /// <summary>The answer while the origin is not to be asked: the stale response, or 503 with the time to wait.</summary>
    public Answer Paused(Exchange exchange, PausedAnswer paused)
    {
        if (paused.Stale is { } stale)
        {
            return ServeStale(exchange, stale with { Permission = paused.Pause.Reason }, null, isHit: true);
        }

        var answer = Generated(exchange, HttpStatusCode.ServiceUnavailable, exchange.Decision.Forward, paused.Pause.Reason);
        answer.Message.Headers.TryAddWithoutValidation(FieldNames.RetryAfter, DeltaSeconds.Format(paused.Remaining + TimeSpan.FromSeconds(1)));
        return answer;
    }

    /// <summary>A response of the cache's own, for want of any other.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="statusCode">503 or 504.</param>
    /// <param name="forward">What was found, if the origin was asked in vain or is not to be asked.</param>
    /// <param name="reason">Why there is no other response.</param>
    public Answer Generated(Exchange exchange, HttpStatusCode statusCode, ForwardReason forward, CacheReason reason)
    {
        var response = ResponseWriter.GatewayTimeout(exchange.Request, services.Clock.Now);
        response.StatusCode = statusCode;
        return new Answer(response, new CacheStatus { Key = exchange.Presented.TargetUri, Generated = true, Forward = forward, Reason = reason });
    }

    /// <summary>Replaces the heads that the response updates.</summary>
    /// <returns>Null if all are replaced, else the reason why one is not.</returns>
    private async ValueTask<NotStoredReason?> UpdateAsync(Exchange exchange, ResponseOutcome outcome)
    {
        NotStoredReason? lost = null;
        foreach (var (old, head) in outcome.Updates)
        {
            var retention = StorageRules.Retention(head, services.Clock.Now, exchange.Policy);
            var reason = exchange.Snapshot is { } read
                ? await services.Store.ReplaceHeadAsync(exchange.Key, old.Generation, head, read.Stamp, retention, exchange.AskedAfter).ConfigureAwait(false)
                : NotStoredReason.StoreUnavailable;
            if (reason is not null)
            {
                lost = reason;
                Log.StoreLost(services.Logger, Log.Loggable(exchange.Key.Uri), "a refreshed head");
            }
        }

        if (!StaysUntilVisible(outcome))
        {
            await DropAsync(exchange, outcome).ConfigureAwait(false);
        }

        return lost;
    }

    /// <summary>Whether the stored response that a new one replaces stays until the new one is visible.</summary>
    private static bool StaysUntilVisible(ResponseOutcome outcome) => outcome is ResponseOutcome.StoreNew or ResponseOutcome.Complete { IsStored: true };

    /// <summary>Removes the stored responses that the outcome drops.</summary>
    public async ValueTask DropAsync(Exchange exchange, ResponseOutcome outcome)
    {
        foreach (var stored in outcome.Drop)
        {
            await services.Store.RemoveAsync(exchange.Key, stored.Generation).ConfigureAwait(false);
        }
    }

    private Answer Freshen(Exchange exchange, ReceivedResponse received, ResponseOutcome.Freshen freshen, NotStoredReason? lost)
    {
        received.Response.Dispose();
        _sharing.ShareValidation(exchange, freshen);
        var head = freshen.Head;
        var facts = ResponseConclusions.Of(head, exchange.Policy);
        var age = facts.CurrentAge(services.Clock.Now);
        var body = exchange.TakePin(freshen.Pinned);

        // The origin has just confirmed the response: an Age is shown only if it came from a cache on the way (RFC 9111 §5.1).
        var response = StoredAnswer.Make(
            exchange.Request, exchange.Facts, freshen.ForCaller, head.AgeValue is null ? null : age, SnapshotFor(exchange, body), body);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            ResponseWriter.AddMissing(response, StorageRules.EndToEndFields(received.Head.Fields));
        }

        var reason = freshen.Withheld ?? StorageRules.AgainstKeeping(head, exchange.Policy) ?? lost;
        var status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = exchange.Decision.Forward,
            ForwardStatus = (int)HttpStatusCode.NotModified,
            TimeToLive = facts.FreshnessLifetime - age,
            Age = age,
            Source = facts.Source,
            Collapsed = exchange.Collapsed,
            Outcome = new StoringOutcome(reason),
            Reason = CacheReason.Validated,
        };
        services.Observers?.Validated(exchange.Presented, status);
        return new Answer(response, status, StoredAnswer.BytesOf(response));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Answer> StoreAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.StoreNew outcome)
    {
        var (response, upstream) = (received.Response, received.Response.Content);
        if (exchange.Snapshot is HeadsOnlySnapshot && (outcome.Prefix ?? outcome.Suffix) is not null)
        {
            // Its parts can't be read any more, which is no fault of the store.
            return Pass(exchange, received, NotStoredReason.Partial);
        }

        var prefix = outcome.Prefix is { } part && exchange.Snapshot is { } snapshot
            ? await services.Store.OpenBodyAsync(exchange.Key, snapshot, part, CancellationToken.None).ConfigureAwait(false)
            : null;
        var suffix = outcome.Suffix is { } rest && exchange.Snapshot is { } view
            ? await services.Store.OpenBodyAsync(exchange.Key, view, rest, CancellationToken.None).ConfigureAwait(false)
            : null;
        if ((outcome.Prefix is not null && prefix is null) || (outcome.Suffix is not null && suffix is null))
        {
            prefix?.Dispose();
            suffix?.Dispose();
            return Pass(exchange, received, NotStoredReason.Partial);
        }

        using (prefix)
        {
            var head = outcome.Prefix is { Part: { } held } && outcome.Head.Part is { } own
                ? outcome.Head.WithBody(-1, new PartRange(held.First, own.Total >= 0 ? own.Total : held.Total))
                : outcome.Head;
            var length = LengthOf(received.Head);
            var stored = new StoringOutcome();
            Recorder? recorder;
            try
            {
                recorder = await Recorder.BeginAsync(
                    services, exchange, stored, head, outcome.Drop, length, prefix, outcome.PrefixLength).ConfigureAwait(false);
            }
            catch
            {
                // The caller has left.
                suffix?.Dispose();
                throw;
            }

            if (recorder is null)
            {
                suffix?.Dispose();
                response.Content = _sharing.Share(exchange, response.Content, head, null, null, length) ?? response.Content;
            }
            else
            {
                if (suffix is not null)
                {
                    recorder.Append(suffix, outcome.Suffix!.Part!.Value.First, exchange.TakeSnapshot());
                }

                if (exchange.Policy.NoVarySearch)
                {
                    services.Searches.Note(exchange.Key, NoVarySearchRules.Parse(head.Fields, exchange.Policy));
                }

                try
                {
                    await RecordAsync(exchange, received, head, recorder, length).ConfigureAwait(false);
                }
                catch when (ReferenceEquals(response.Content, upstream))
                {
                    // Nothing else knows of it yet.
                    recorder.Abort(0, RecordingEnd.Disposed);
                    throw;
                }
            }

            return new Answer(response, StatusOf(exchange, stored));
        }
    }

    /// <summary>Has the body recorded while the caller reads it; where there is none, the response is stored now.</summary>
    private async ValueTask RecordAsync(Exchange exchange, ReceivedResponse received, StoredResponse head, Recorder recorder, long? length)
    {
        var response = received.Response;
        if (length == 0 || exchange.Presented.Method == MethodRules.Head || response.StatusCode is HttpStatusCode.NoContent)
        {
            await recorder.CompleteAsync(0).ConfigureAwait(false);
            _sharing.ShareBodiless(exchange, head);
            return;
        }

        // Digests are those of the encoded bytes, which a handler below has taken away.
        var content = Verified(recorder, received.Head.IsDecoded ? null : DigestRules.Expected(response));
        response.Content = exchange.Transport.BelongsToCaller
            ? new RecordingContent(response.Content, _sharing.Record(exchange, head, content, length), length)
            : _sharing.Share(exchange, response.Content, head, recorder, content, length) ?? new RecordingContent(response.Content, content, length);
    }

    private IRecordingSink Verified(Recorder recorder, ExpectedDigest? digest) =>
        services.Settings.VerifyDigests && digest is { } expected ? new DigestSink(recorder, expected) : recorder;

    private async ValueTask<Answer> CompleteAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.Complete outcome)
    {
        var (part, whole) = (outcome.Prefix, outcome.Head);
        var stored = outcome.IsStored ? new StoringOutcome() : NotStored(exchange, outcome.Withheld ?? StorageRules.AgainstKeeping(whole, exchange.Policy) ?? NotStoredReason.Partial);
        var recorder = outcome.IsStored
            ? await Recorder.BeginAsync(services, exchange, stored, whole, outcome.Drop, whole.BodyLength).ConfigureAwait(false)
            : null;
        var key = exchange.Key;
        var joined = new PrefixedContent(exchange.TakePin(part)!, part.BodyLength, received.Response.Content, whole.BodyLength, () =>
        {
            recorder?.Spoil();
            using var unattended = BlockingCalls.Enter(blocks: false);
            services.Pending.Add(services.Store.RemoveAsync(key, part.Generation).AsTask());
        });
        var upstream = new OwningContent(joined, received.Response, exchange.TakeSnapshot());
        if (!outcome.IsStored)
        {
            _sharing.SharePassed(exchange, received, NotStoredReason.NoStore);
        }

        var sink = recorder is null ? null : Verified(recorder, DigestRules.OfJoined(whole.Fields));
        var content = (outcome.IsStored ? _sharing.Share(exchange, upstream, whole, recorder, sink, whole.BodyLength) : null)
            ?? (sink is null ? upstream : new RecordingContent(upstream, sink, whole.BodyLength));
        var response = ResponseWriter.FromStored(outcome.ForCaller, exchange.Request, content, null);
        var status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = ForwardReason.Partial,
            ForwardStatus = (int)HttpStatusCode.PartialContent,
            Outcome = stored,
            Reason = CacheReason.Incomplete,
        };
        return new Answer(response, status, part.BodyLength);
    }

    private Answer Pass(Exchange exchange, ReceivedResponse received, NotStoredReason reason)
    {
        _sharing.SharePassed(exchange, received, reason);
        return new Answer(received.Response, StatusOf(exchange, NotStored(exchange, reason)));
    }

    private StoringOutcome NotStored(Exchange exchange, NotStoredReason reason)
    {
        services.Metrics.Storing(reason);
        services.Observers?.NotStored(exchange.Presented.Method, exchange.Presented.TargetUri, reason);
        return new StoringOutcome(reason);
    }

    private static CacheStatus StatusOf(Exchange exchange, StoringOutcome outcome) => new()
    {
        Key = exchange.Presented.TargetUri,
        Forward = exchange.Decision.Forward,
        Outcome = outcome,
        Collapsed = exchange.Collapsed,
        Reason = exchange.Decision.Reason,
        VariedField = exchange.Decision.VariedField,
        IsInOtherPartition = exchange.IsInOtherPartition,
    };

    /// <summary>The snapshot goes with the body that is read from it; without a body it stays with the exchange.</summary>
    private static HttpCacheSnapshot? SnapshotFor(Exchange exchange, StoredBody? body) => body is null ? null : exchange.TakeSnapshot();

    /// <summary>The number of body bytes that the message says it has; null if it does not, or if the body is decoded on the way.</summary>
    private static long? LengthOf(ResponseHead head) =>
        head.IsDecoded ? null
        : head.WireContentLength is { } length ? length
        : head.StatusCode == 206 && ContentRangeField.TryParse(head.Fields.First(FieldNames.ContentRange) ?? string.Empty, out var first, out var last, out _) ? last - first + 1
        : null;
}
