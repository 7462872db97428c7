using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The meaning of a response from the origin for the caller and for the stored responses (RFC 9111 §3, §4.3.3).</summary>
internal static class ResponseRules
{
    /// <summary>The outcome. Total: there is one for every response.</summary>
    public static ResponseOutcome Decide(in ResponseFacts exchange)
    {
        var outcome = DecideFreely(exchange);
        return exchange.Asked.IsReadOnly ? Unkept(outcome) : outcome;
    }

    /// <summary>The same answer for the caller, with nothing stored, refreshed or removed.</summary>
    private static ResponseOutcome Unkept(ResponseOutcome outcome)
    {
        var kept = outcome is ResponseOutcome.Complete complete ? complete with { IsStored = false } : outcome;
        return kept with { Drop = [], Updates = [], Withheld = NotStoredReason.ReadOnly };
    }

    private static ResponseOutcome DecideFreely(in ResponseFacts exchange)
    {
        var settings = exchange.Asked.Settings;
        var (response, decision) = (exchange.Response, exchange.Decision);
        var received = ResponseConclusions.Of(exchange.Presented, response, exchange.Times, settings);

        if (decision.Kind == DecisionKind.Complete && exchange.IsOurs)
        {
            if (PartialRules.MayAnswerOurRange(response.StatusCode))
            {
                return new ResponseOutcome.Resend { Drop = [decision.Stored!] };
            }

            if (response.StatusCode == 206)
            {
                return Completed(exchange, received, settings);
            }
        }

        if (response.StatusCode == 304)
        {
            return NotModified(exchange, received, settings);
        }

        return OnError(exchange, response.StatusCode) ?? Full(exchange, received, settings);
    }

    /// <summary>The stored response that stands in when no response came, or <see langword="null"/> (RFC 5861 §4, RFC 9111 §4.2.4).</summary>
    public static ResponseOutcome.ServeStale? OnDisconnect(RequestFacts asked, in Decision decision, DateTimeOffset now) =>
        StandIn(asked, decision, now, isDisconnected: true);

    private static ResponseOutcome.ServeStale? OnError(in ResponseFacts exchange, int status) =>
        StatusRules.IsErrorForStale(status)
            ? StandIn(exchange.Asked, exchange.Decision, exchange.Times.ResponseTime, isDisconnected: false)
            : null;

    /// <summary>The stored response that stands in for a failure of the origin, or <see langword="null"/>.</summary>
    public static ResponseOutcome.ServeStale? StandIn(RequestFacts asked, in Decision decision, DateTimeOffset now, bool isDisconnected)
    {
        if (decision.Stored is not { IsComplete: true, MustValidate: false } stored || decision.Kind != DecisionKind.Validate)
        {
            return null;
        }

        var facts = ResponseConclusions.Of(stored, asked.Settings);
        var age = facts.CurrentAge(now);
        return StaleRules.OnError(asked, facts, age, isDisconnected) is { } permission
            ? new ResponseOutcome.ServeStale(stored, age, permission)
            : null;
    }

    private static ResponseOutcome NotModified(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings)
    {
        var (presented, response, nominated) = (exchange.Presented, exchange.Response, exchange.Decision.Nominated);
        var callerAsked = PreconditionRules.AsksForNotModified(presented.Fields);
        if (!exchange.IsOurs)
        {
            // The answer to the caller's condition; without one it is what the origin has to say, and nothing better would come of asking again.
            return new ResponseOutcome.PassThrough(NotStoredReason.Status);
        }

        if (nominated.IsEmpty)
        {
            return callerAsked ? new ResponseOutcome.PassThrough(NotStoredReason.Status) : new ResponseOutcome.Resend();
        }

        // Redirected below: the 304 speaks of another resource, which got our conditions by the platform's doing.
        var matched = response.FinalUri == presented.TargetUri ? FresheningRules.Match(presented, nominated, received, settings) : [];

        // A star matches an existing representation; a 304 to it says nothing of a response stored as gone or moved.
        matched = FresheningRules.AsksForAny(presented) ? matched.RemoveAll(static stored => stored.StatusCode is < 200 or > 299) : matched;
        if (matched.IsEmpty)
        {
            return callerAsked && AnswersCaller(presented, received)
                ? new ResponseOutcome.PassThrough(NotStoredReason.Status)
                : new ResponseOutcome.Resend { Unmatched = response.FinalUri == presented.TargetUri ? received : null };
        }

        // Found by the next such request is the one that answers this one; that the others share its validator says nothing of their selection.
        var (answer, answerForCaller) = FresheningRules.Merge(exchange.Asked, matched[0], response, exchange.Times, exchange.NewId(), mayFile: true);
        ImmutableArray<HeadUpdate> kept = [];
        ImmutableArray<StoredResponse> dropped = [];
        for (var i = 0; i < matched.Length; i++)
        {
            var head = i == 0 ? answer : FresheningRules.Merge(exchange.Asked, matched[i], response, exchange.Times, exchange.NewId()).Head;
            var verdict = StorageRules.AgainstKeeping(head, settings);
            kept = verdict is null ? kept.Add(new HeadUpdate(matched[i], head)) : kept;
            dropped = IsSpoilt(verdict, matched[i]) ? dropped.Add(matched[i]) : dropped;
        }

        return NamesCallersOnly(presented, received, ResponseConclusions.Of(answer, settings))
            ? new ResponseOutcome.PassThrough(NotStoredReason.Status) { Updates = kept, Drop = dropped }
            : new ResponseOutcome.Freshen(matched[0], answer) { ForCaller = answerForCaller, Updates = kept, Drop = dropped };
    }

    /// <summary>
    /// Whether an update takes away the permission to keep the response. One that only the asker's credentials keep from being shared says nothing
    /// about a response that was stored without any: that one stays as it was.
    /// </summary>
    private static bool IsSpoilt(NotStoredReason? verdict, StoredResponse old) =>
        verdict is not null && (verdict != NotStoredReason.Authorization || old.HadCredentials);

    /// <summary>Whether the caller's list has the tag of the 304, and not that of the stored response, which is of another coding: the 304 is for the caller.</summary>
    private static bool NamesCallersOnly(RequestHead presented, ResponseConclusions received, ResponseConclusions head) =>
        received.ETag is { } tag
        && presented.Fields.Combined(FieldNames.IfNoneMatch) is { } list
        && EntityTagList.Parse(list) is var tags
        && tags.WeakMatches(tag)
        && !(head.ETag is { } own && tags.WeakMatches(own));

    /// <summary>Whether a 304 that fits nothing of ours is the answer to the caller's own condition (RFC 9111 §4.3.2).</summary>
    private static bool AnswersCaller(RequestHead presented, ResponseConclusions received)
    {
        if (presented.Fields.Combined(FieldNames.IfNoneMatch) is not { } list)
        {
            return false;
        }

        // A star and a list that is malformed went out as they were. To any other list ours were added, and a 304 that does not name one of the caller's may mean those.
        var tags = EntityTagList.Parse(list);
        return tags.IsAny || tags.IsMalformed || (received.ETag is { } tag && tags.WeakMatches(tag));
    }

    private static ResponseOutcome Completed(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings)
    {
        var (response, stored) = (exchange.Response, exchange.Decision.Stored!);
        var facts = ResponseConclusions.Of(stored, settings);
        if (response.FinalUri != exchange.Presented.TargetUri
            || PartialRules.PieceOf(response) is not { } piece
            || piece.First != stored.BodyLength || piece.Last != piece.Total - 1
            || !PartialRules.SameRepresentation(stored, facts, piece, response, received))
        {
            return new ResponseOutcome.Resend { Drop = [stored] };
        }

        var (head, forCaller) = Whole(exchange, stored, piece.Total, settings);

        // The received part itself must be one to store: a targeted field of the stored part says nothing of its bytes.
        var verdict = StorageRules.AgainstKeeping(head, settings)
            ?? StorageRules.AgainstKeeping(received, response.StatusCode, response.Fields, StorageRules.HasCredentials(exchange.Presented, response), settings);
        return new ResponseOutcome.Complete(head, stored, IsStored: verdict is null) { Drop = [stored], ForCaller = forCaller, Withheld = verdict };
    }

    /// <summary>The head of a whole response that a stored part and a received one make together: the later fields count (RFC 9111 §3.4).</summary>
    private static (StoredResponse Head, StoredResponse ForCaller) Whole(in ResponseFacts exchange, StoredResponse prefix, long total, PolicySettings settings)
    {
        var (merged, forCaller) = FresheningRules.Merge(exchange.Asked, prefix, exchange.Response, exchange.Times, exchange.NewId());
        var (body, variant) = (exchange.NewId(), VariantRules.IdOf(merged.Method, null, merged.SelectingFields));
        return (merged.AsWhole(total, body, variant), forCaller.AsWhole(total, body, variant));
    }

    private static ResponseOutcome Full(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings)
    {
        var (presented, response, decision) = (exchange.Presented, exchange.Response, exchange.Decision);
        NotStoredReason? verdict = decision is { Kind: DecisionKind.Bypass, Reason: not CacheReason.Method }
            ? decision.Reason == CacheReason.RequestNoStore ? NotStoredReason.RequestNoStore : NotStoredReason.Bypassed
            : StorageRules.AgainstStoring(exchange.Asked, response, received);
        if (verdict is { } reason)
        {
            return new ResponseOutcome.PassThrough(reason)
            {
                Drop = Superseded(exchange),
                Updates = decision.Kind == DecisionKind.Bypass ? [] : HeadUpdates(exchange, received, settings, mayRefresh: false),
            };
        }

        if (response.StatusCode == 206)
        {
            return Part(exchange, received, settings);
        }

        var head = StorageRules.HeadOf(exchange.Asked, response, received, null, exchange.Tags, (exchange.NewId(), exchange.NewId()));
        if (!StorageRules.IsOfUse(exchange.Asked, received))
        {
            return new ResponseOutcome.PassThrough(NotStoredReason.NoLifetimeNorValidator)
            {
                Drop = ReplacedBy(head, exchange, settings, withOwnVariant: true),
                Updates = HeadUpdates(exchange, received, settings, mayRefresh: true),
            };
        }

        head = HasUnreliableTag(exchange, received, settings) ? head.WithUnreliableTag() : head;
        return new ResponseOutcome.StoreNew(head)
        {
            Drop = ReplacedBy(head, exchange, settings, withOwnVariant: false),
            Updates = HeadUpdates(exchange, received, settings, mayRefresh: true),
        };
    }

    /// <summary>A response that can't be stored says that the origin no longer has the selected one (RFC 9111 §4.3.3).</summary>
    private static ImmutableArray<StoredResponse> Superseded(in ResponseFacts exchange) =>
        exchange.Response.StatusCode is (>= 200 and < 300 and not 206) or 404 or 410
        && MethodRules.IsSafe(exchange.Presented)
        && exchange.Decision.Kind != DecisionKind.Bypass
        && exchange.Response.FinalUri == exchange.Presented.TargetUri
            ? SelectedOf(exchange)
            : [];

    private static ImmutableArray<StoredResponse> SelectedOf(in ResponseFacts exchange)
    {
        ImmutableArray<StoredResponse> asked = exchange.Decision.Stored is { } one ? [one] : exchange.Decision.Reason == CacheReason.Reload ? exchange.Candidates : [];
        ImmutableArray<StoredResponse> selected = [];
        foreach (var stored in asked)
        {
            selected = stored.Method == exchange.Presented.Method ? selected.Add(stored) : selected;
        }

        return selected;
    }

    /// <summary>
    /// Whether validating this response by its tag is in vain: the 304 that we got named another one than the whole response does, or it was so with the same tag
    /// before. A changed response has a new chance.
    /// </summary>
    private static bool HasUnreliableTag(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings) =>
        received.ETag is { } tag
        && (exchange.Unmatched is { } unmatched
            ? unmatched.ETag is { } other && !tag.WeakMatches(other)
            : exchange.Decision.Stored is { TagIsUnreliable: true } old && ResponseConclusions.Of(old, settings).ETag == tag);

    private static ImmutableArray<StoredResponse> ReplacedBy(StoredResponse head, in ResponseFacts exchange, PolicySettings settings, bool withOwnVariant)
    {
        ImmutableArray<StoredResponse> replaced = [];
        foreach (var stored in exchange.Candidates)
        {
            var isReplaced = (withOwnVariant && stored.Variant == head.Variant && stored.Method == head.Method) || IsReplacedBy(stored, head, exchange, settings);
            replaced = isReplaced ? replaced.Add(stored) : replaced;
        }

        return replaced;
    }

    /// <summary>
    /// What a new response takes the place of beside its own variant: the one it was asked instead of, one that a 304 has filed under the same request, and parts
    /// of the representation.
    /// </summary>
    private static bool IsReplacedBy(StoredResponse candidate, StoredResponse head, in ResponseFacts exchange, PolicySettings settings) =>
        candidate.Variant != head.Variant
        && candidate.Method == head.Method
        && (ReferenceEquals(candidate, exchange.Decision.Stored)
            || (candidate.FurtherSelections.Count > 0 && SelectionRules.Matches(exchange.Presented, candidate, settings))
            || (!candidate.IsComplete && candidate.Variant == VariantRules.IdOf(head.Method, default(PartRange), head.SelectingFields)));

    private static ResponseOutcome Part(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings)
    {
        var (response, piece) = (exchange.Response, PartialRules.PieceOf(exchange.Presented, exchange.Response, received)!.Value);
        bool IsSame(StoredResponse stored) => PartialRules.SameRepresentation(stored, ResponseConclusions.Of(stored, settings), piece, response, received);
        if (!settings.StorePartialResponses || exchange.Candidates.Any(c => c.IsComplete && IsSame(c)))
        {
            return new ResponseOutcome.PassThrough(NotStoredReason.Partial);
        }

        var head = StorageRules.HeadOf(exchange.Asked, response, received, piece.Range, exchange.Tags, (exchange.NewId(), exchange.NewId()));
        if (exchange.Candidates.FirstOrDefault(c => c.Variant == head.Variant) is not { } held)
        {
            return new ResponseOutcome.StoreNew(head);
        }

        var precedes = IsSame(held) && PartialRules.Precedes(held, piece);
        var follows = IsSame(held) && PartialRules.Follows(held, piece);
        return !precedes && !follows && PartialRules.Outranks(held, piece, response, received, exchange.Times.ResponseTime, settings)
            ? new ResponseOutcome.PassThrough(NotStoredReason.Partial)
            : new ResponseOutcome.StoreNew(
                head, precedes ? held : null, precedes ? piece.First - held.Part!.Value.First : 0, follows ? held : null);
    }

    /// <summary>The stored GET responses that a HEAD selects: refreshed if it agrees with them, marked for validation if not (RFC 9111 §4.3.5).</summary>
    private static ImmutableArray<HeadUpdate> HeadUpdates(in ResponseFacts exchange, ResponseConclusions received, PolicySettings settings, bool mayRefresh)
    {
        if (exchange.Presented.Method != MethodRules.Head || exchange.Response.StatusCode != 200 || exchange.Response.FinalUri != exchange.Presented.TargetUri)
        {
            return [];
        }

        var updates = ImmutableArray.CreateBuilder<HeadUpdate>();
        foreach (var stored in exchange.Candidates)
        {
            if (stored.Method != MethodRules.Get || stored.StatusCode != 200 || !SelectionRules.Matches(exchange.Presented, stored, settings))
            {
                continue;
            }

            var agrees = FresheningRules.Agrees(stored, exchange.Response, received, settings);
            if (agrees && !mayRefresh)
            {
                continue;
            }

            var merged = agrees
                ? FresheningRules.Merge(exchange.Asked, stored, exchange.Response, exchange.Times, exchange.NewId()).Head
                : null;
            updates.Add(new HeadUpdate(
                stored, merged is not null && StorageRules.AgainstKeeping(merged, settings) is null ? merged : stored.AsMarked(exchange.NewId())));
        }

        return updates.DrainToImmutable();
    }
}
