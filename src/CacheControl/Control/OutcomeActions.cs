using System.Net;
using HttpCaching.Diagnostics;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging;

namespace HttpCaching.Control;

/// <summary>Carries out what the rules have decided about a response: changes the store, and makes the caller's response.</summary>
internal sealed class OutcomeActions(CacheServices services, StoredAnswer answers)
{
    private readonly FlightSharing _sharing = new(services);

    /// <summary>The caller's response for an outcome other than a resend.</summary>
    public async ValueTask<HttpResponseMessage> FinishAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome outcome)
    {
        await UpdateAsync(exchange, outcome).ConfigureAwait(false);
        return outcome switch
        {
            ResponseOutcome.Freshen freshen => await FreshenAsync(exchange, received, freshen).ConfigureAwait(false),
            ResponseOutcome.ServeStale stale => await ServeStaleAsync(exchange, stale, received.Response).ConfigureAwait(false),
            ResponseOutcome.StoreNew stored => await StoreAsync(exchange, received, stored).ConfigureAwait(false),
            ResponseOutcome.Complete complete => await CompleteAsync(exchange, received, complete).ConfigureAwait(false),
            ResponseOutcome.PassThrough pass => await PassAsync(exchange, received, pass).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"There is no response for {outcome.GetType().Name}."),
        };
    }

    /// <summary>The stored response in place of an origin that failed.</summary>
    public ValueTask<HttpResponseMessage> ServeStaleAsync(
        Exchange exchange, ResponseOutcome.ServeStale stale, HttpResponseMessage? failed, bool isHit = false)
    {
        exchange.Flight?.StandIn(isDisconnected: failed is null);
        var body = exchange.TakePin(stale.Stored);
        var response = answers.Make(exchange.Request, exchange.Presented, stale.Stored, stale.Age, SnapshotFor(exchange, body), body);
        response.Status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Hit = isHit,
            Forward = isHit ? ForwardReason.None : ForwardReason.Stale,
            ForwardStatus = failed is null ? null : (int)failed.StatusCode,
            TimeToLive = ResponseConclusions.Of(stale.Stored, services.Policy).FreshnessLifetime - stale.Age,
            Collapsed = exchange.Collapsed,
            Reason = stale.Permission,
        };
        failed?.Dispose();
        services.Metrics.Bytes(StoredAnswer.BytesOf(response), fromCache: true);
        return new ValueTask<HttpResponseMessage>(Report(response, response.Status, exchange));
    }

    /// <summary>Adds Cache-Status if the options ask for it (RFC 9211 §2).</summary>
    public void Publish(HttpResponseMessage response, CacheStatus status)
    {
        if (services.Settings.CacheStatusName is { } name)
        {
            var value = CacheStatusField.Format(name, status, services.Settings.CacheStatusIncludesKey ? status.Key : null);
            response.Headers.TryAddWithoutValidation(FieldNames.CacheStatus, value);
        }
    }

    /// <summary>The stale response for a caller whose patience was shorter than the validation.</summary>
    public ValueTask<HttpResponseMessage> LateAsync(Exchange exchange)
    {
        var stored = exchange.Decision.Stored!;
        var age = ResponseConclusions.Of(stored, services.Policy).CurrentAge(services.Clock.Now);
        return ServeStaleAsync(exchange, new ResponseOutcome.ServeStale(stored, age, CacheReason.SoftTimeout), null);
    }

    /// <summary>What is answered while the origin is not to be asked: the stale response, or 503 with the time to wait.</summary>
    public ValueTask<HttpResponseMessage> PausedAsync(Exchange exchange, PausedAnswer paused)
    {
        if (paused.Stale is { } stale)
        {
            return ServeStaleAsync(exchange, stale with { Permission = paused.Pause.Reason }, null, isHit: true);
        }

        var response = ResponseWriter.GatewayTimeout(exchange.Request, services.Clock.Now);
        response.StatusCode = HttpStatusCode.ServiceUnavailable;
        response.Headers.TryAddWithoutValidation(FieldNames.RetryAfter, DeltaSeconds.Format(paused.Remaining + TimeSpan.FromSeconds(1)));
        response.Status = new CacheStatus { Key = exchange.Presented.TargetUri, Hit = true, Reason = paused.Pause.Reason };
        return new ValueTask<HttpResponseMessage>(Report(response, response.Status, exchange));
    }

    private async ValueTask UpdateAsync(Exchange exchange, ResponseOutcome outcome)
    {
        foreach (var (old, head) in outcome.Updates)
        {
            var retention = StorageRules.Retention(head, services.Clock.Now, services.Policy);
            if (exchange.Snapshot is not { } read
                || !await services.Store.ReplaceHeadAsync(exchange.Key, old.Generation, head, read.Stamp, retention).ConfigureAwait(false))
            {
                Log.StoreLost(services.Logger, Log.Loggable(exchange.Key.Uri), "a refreshed head");
            }
        }

        // What a new response takes the place of stays until that one is visible.
        if (outcome is not (ResponseOutcome.StoreNew or ResponseOutcome.Complete { IsStored: true }))
        {
            await DropAsync(exchange, outcome).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what is no longer good.</summary>
    public async ValueTask DropAsync(Exchange exchange, ResponseOutcome outcome)
    {
        foreach (var stored in outcome.Drop)
        {
            await services.Store.RemoveAsync(exchange.Key, stored.Generation).ConfigureAwait(false);
        }
    }

    private ValueTask<HttpResponseMessage> FreshenAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.Freshen freshen)
    {
        received.Response.Dispose();
        _sharing.ShareValidation(exchange, freshen);
        var head = freshen.Head;
        var facts = ResponseConclusions.Of(head, services.Policy);
        var age = facts.CurrentAge(services.Clock.Now);
        var body = exchange.TakePin(freshen.Pinned);

        // The origin has just spoken for it: an Age is shown only if it came from a cache on the way (RFC 9111 §5.1).
        var response = answers.Make(
            exchange.Request, exchange.Presented, freshen.ForCaller, head.AgeValue is null ? null : age, SnapshotFor(exchange, body), body);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            ResponseWriter.AddMissing(response, StorageRules.EndToEndFields(received.Head.Fields));
        }

        response.Status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = exchange.Decision.Forward,
            ForwardStatus = (int)HttpStatusCode.NotModified,
            TimeToLive = facts.FreshnessLifetime - age,
            Collapsed = exchange.Collapsed,
            Stored = !freshen.Updates.IsEmpty,
            Reason = CacheReason.Validated,
        };
        services.Metrics.Bytes(StoredAnswer.BytesOf(response), fromCache: true);
        return new ValueTask<HttpResponseMessage>(Report(response, response.Status, exchange));
    }

    private async ValueTask<HttpResponseMessage> StoreAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.StoreNew outcome)
    {
        var (response, upstream) = (received.Response, received.Response.Content);
        if (exchange.Snapshot is HeadsOnlySnapshot && (outcome.Prefix ?? outcome.Suffix) is not null)
        {
            // Its parts can't be read any more, which is no fault of the store.
            return await PassAsync(exchange, received, new ResponseOutcome.PassThrough(StorageVerdict.Partial)).ConfigureAwait(false);
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
            return await PassAsync(exchange, received, new ResponseOutcome.PassThrough(StorageVerdict.Partial)).ConfigureAwait(false);
        }

        using (prefix)
        {
            var head = outcome.Prefix is { Part: { } held } && outcome.Head.Part is { } own
                ? outcome.Head.WithBody(-1, new PartRange(held.First, own.Total >= 0 ? own.Total : held.Total))
                : outcome.Head;
            var length = LengthOf(received.Head);
            Recorder? recorder;
            try
            {
                recorder = await Recorder.BeginAsync(
                    services, exchange, head, outcome.Drop, length, prefix, outcome.PrefixLength).ConfigureAwait(false);
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

                if (services.Policy.NoVarySearch)
                {
                    services.Searches.Note(exchange.Key, NoVarySearchRules.Parse(head.Fields, services.Policy));
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

            return Report(response, StatusOf(exchange, received, isStored: recorder is not null), exchange);
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
        response.Content = _sharing.Share(exchange, response.Content, head, recorder, content, length)
            ?? new RecordingContent(response.Content, content, length);
    }

    private IRecordingSink Verified(Recorder recorder, ExpectedDigest? digest) =>
        services.Settings.VerifyDigest && digest is { } expected ? new DigestSink(recorder, expected) : recorder;

    private async ValueTask<HttpResponseMessage> CompleteAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.Complete outcome)
    {
        var (part, whole) = (outcome.Prefix, outcome.Head);
        var recorder = outcome.IsStored
            ? await Recorder.BeginAsync(services, exchange, whole, outcome.Drop, whole.BodyLength).ConfigureAwait(false)
            : null;
        var key = exchange.Key;
        var joined = new PrefixedContent(exchange.TakePin(part)!, part.BodyLength, received.Response.Content, whole.BodyLength, () =>
        {
            recorder?.Spoil();
            using var nobodyWaits = BlockingCalls.Enter(blocks: false);
            services.Pending.Add(services.Store.RemoveAsync(key, part.Generation).AsTask());
        });
        var upstream = new OwningContent(joined, received.Response, exchange.TakeSnapshot());
        if (!outcome.IsStored)
        {
            _sharing.SharePassed(exchange, received, StorageVerdict.NoStore);
        }

        var sink = recorder is null ? null : Verified(recorder, DigestRules.OfJoined(whole.Fields));
        var content = (outcome.IsStored ? _sharing.Share(exchange, upstream, whole, recorder, sink, whole.BodyLength) : null)
            ?? (sink is null ? upstream : new RecordingContent(upstream, sink, whole.BodyLength));
        var response = ResponseWriter.FromStored(outcome.ForCaller, exchange.Request, content, null);
        response.Status = new CacheStatus
        {
            Key = exchange.Presented.TargetUri,
            Forward = ForwardReason.Partial,
            ForwardStatus = (int)HttpStatusCode.PartialContent,
            Stored = recorder is not null,
            Reason = CacheReason.Incomplete,
        };
        return Report(response, response.Status, exchange);
    }

    private ValueTask<HttpResponseMessage> PassAsync(Exchange exchange, ReceivedResponse received, ResponseOutcome.PassThrough outcome)
    {
        _sharing.SharePassed(exchange, received, outcome.Verdict);

        if (services.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.NotStored(services.Logger, exchange.Presented.Method, Log.Loggable(exchange.Presented.TargetUri), outcome.Verdict.ToString());
        }

        return new ValueTask<HttpResponseMessage>(Report(received.Response, StatusOf(exchange, received, isStored: false), exchange));
    }

    private static CacheStatus StatusOf(Exchange exchange, ReceivedResponse received, bool isStored) => new()
    {
        Key = exchange.Presented.TargetUri,
        Forward = exchange.Decision.Forward,
        Stored = isStored,
        Collapsed = exchange.Collapsed,
        Reason = exchange.Decision.Reason,
    };

    private HttpResponseMessage Report(HttpResponseMessage response, CacheStatus status, Exchange exchange)
    {
        services.Metrics.Request(status);
        if (response is not CachedResponseMessage)
        {
            services.Metrics.Bytes(response.Content.Headers.NonValidated.Contains(FieldNames.ContentLength) ? response.Content.Headers.ContentLength ?? 0 : 0, fromCache: false);
            response.RequestMessage?.Options.Set(RequestSettings.StatusKey, status);
        }

        Publish(response, status);
        return response;
    }

    /// <summary>The snapshot goes with the body that is read from it; without a body it stays with the exchange.</summary>
    private static HttpCacheSnapshot? SnapshotFor(Exchange exchange, StoredBody? body) => body is null ? null : exchange.TakeSnapshot();

    /// <summary>The number of body bytes that the message says it has; null if it does not, or if what is read was decoded.</summary>
    private static long? LengthOf(ResponseHead head) =>
        head.IsDecoded ? null
        : head.WireContentLength is { } length ? length
        : head.StatusCode == 206 && ContentRangeField.TryParse(head.Fields.First(FieldNames.ContentRange) ?? string.Empty, out var first, out var last, out _) ? last - first + 1
        : null;
}
