using System.Collections.Immutable;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The update of stored fields by a 304 or a HEAD (RFC 9111 §3.2, §4.3.4, §4.3.5).</summary>
internal static class FresheningRules
{
    /// <summary>The nominated responses that a 304 speaks of, the one to answer with first; empty if it speaks of none of them.</summary>
    public static ImmutableArray<StoredResponse> Match(
        RequestHead presented, ImmutableArray<StoredResponse> nominated, ResponseConclusions received, PolicySettings settings)
    {
        if (received.ETag is { } tag)
        {
            var same = SameTag(nominated, tag, settings);
            return !same.IsEmpty || AsksForAny(presented) ? same : DespiteTag(nominated, tag, received, settings);
        }

        if (received.LastModifiedValue is { } modified)
        {
            return SameDate(nominated, modified, settings);
        }

        // Servers need not repeat Last-Modified in a 304, and some forget the tag: one without validators speaks of the only response it can,
        // unless the caller's tags were asked about as well.
        return nominated.Length == 1 && !ValidationRules.AsksAboutOthers(presented, nominated, settings) ? nominated : [];
    }

    /// <summary>Whether the request asks with a star, which names no stored tag: the 304 tells the tag of the current representation.</summary>
    public static bool AsksForAny(RequestHead presented) =>
        presented.Fields.Combined(FieldNames.IfNoneMatch) is { } list && EntityTagList.Parse(list).IsAny;

    /// <summary>
    /// What a 304 speaks of whose tag no nominated response has. Servers that compress on the fly weaken the tag of a 200 or add the coding to it, but not
    /// that of its 304; the RFC would have us fetch it again each time. A Last-Modified that is a strong validator tells as well (RFC 9110 §8.8.2.2).
    /// </summary>
    private static ImmutableArray<StoredResponse> DespiteTag(
        ImmutableArray<StoredResponse> nominated, EntityTag tag, ResponseConclusions received, PolicySettings settings)
    {
        // Asked about one response alone, the origin can have meant no other.
        if (nominated is [var only] && IsMeantAlone(only, ResponseConclusions.Of(only, settings), tag, received))
        {
            return nominated;
        }

        var sameDate = nominated.Where(s => ResponseConclusions.Of(s, settings) is { HasStrongDate: true } facts && facts.LastModifiedValue == received.LastModifiedValue);
        return sameDate.ToImmutableArray() is [_] one ? one : [];
    }

    private static bool IsMeantAlone(StoredResponse only, ResponseConclusions facts, EntityTag tag, ResponseConclusions received) =>
        (facts.ETag is { } own && ((own.IsWeak && own.WeakMatches(tag)) || own.DiffersByCoding(tag)))
        || (only.TagIsUnreliable && (received.LastModifiedValue is null || received.LastModifiedValue == facts.LastModifiedValue));

    /// <summary>The stored response with the fields of a 304, or of a HEAD that agrees with it, and with the times of that exchange.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="received">The 304, or the response to HEAD.</param>
    /// <param name="times">The times of the exchange.</param>
    /// <param name="generation">The generation of the new head.</param>
    /// <param name="mayFile">Whether the stored response answers the request, so that it is found by the next such request.</param>
    public static RefreshedHead Merge(
        RequestFacts asked, StoredResponse stored, ResponseHead received, ExchangeTimes times, long generation, bool mayFile = false)
    {
        var (presented, settings) = (asked.Presented, asked.Settings);
        var incoming = Incoming(received, times);
        var updated = UpdateFields(stored, incoming, settings);
        var age = AgeField.Parse(received.Fields);
        var facts = ResponseConclusions.Of(new RawResponse(stored.Method, stored.TargetUri, stored.StatusCode, updated, times, age), settings);
        var fields = StorageRules.WithoutExcluded(updated, facts.Directives, settings);
        var (selecting, further) = UpdatedSelections.Of(presented, stored, fields, received.FieldsChangedBelow, mayFile, settings);
        var head = new StoredResponse
        {
            Method = stored.Method,
            TargetUri = stored.TargetUri,
            SelectingFields = selecting,
            FurtherSelections = further,
            TagIsUnreliable = stored.TagIsUnreliable,
            StatusCode = stored.StatusCode,
            ReasonPhrase = stored.ReasonPhrase,
            HttpVersion = stored.HttpVersion,
            Fields = fields,
            Times = times,
            AgeValue = age,
            BodyLength = stored.BodyLength,
            Part = stored.Part,
            IsDecoded = stored.IsDecoded,
            HadCredentials = stored.HadCredentials || StorageRules.HasCredentials(presented, received),
            Tags = StorageRules.TagsOf(stored.TargetUri, fields, GroupRules.OwnOf(stored.Tags), settings),
            Variant = VariantRules.IdOf(stored.Method, stored.Part, selecting),
            Rank = ResponseConclusions.DateValueOf(fields, times).UtcTicks,
            Generation = generation,
            BodyId = stored.BodyId,
        };
        if (fields.Count == updated.Count)
        {
            facts.Remember(head);
            return new RefreshedHead(head, head);
        }

        var shown = StorageRules.WithoutExcluded(updated, facts.Directives, settings, new FieldNameSet(incoming));
        return new RefreshedHead(head, shown.Count == fields.Count ? head : head.WithFields(shown));
    }

    /// <summary>Whether a HEAD response describes the stored GET response: every validator and length that it has agrees (RFC 9111 §4.3.5).</summary>
    public static bool Agrees(StoredResponse stored, ResponseHead head, ResponseConclusions received, PolicySettings settings)
    {
        var facts = ResponseConclusions.Of(stored, settings);
        return (received.ETag is not { } tag || (facts.ETag is { } own && own == tag))
            && (received.LastModifiedValue is not { } modified || modified == facts.LastModifiedValue)
            && (stored.IsDecoded || head.WireContentLength is not { } length || length == (stored.Part?.Total ?? stored.BodyLength));
    }

    /// <summary>The fields of a 304 or of a HEAD that update stored ones; without a Date the time of receipt is used.</summary>
    private static HttpFields Incoming(ResponseHead received, ExchangeTimes times)
    {
        var fields = StorageRules.EndToEndFields(received.Fields);
        return fields.Contains(FieldNames.Date) ? fields : fields.Append(FieldNames.Date, HttpDate.Format(times.ResponseTime));
    }

    /// <summary>Each field that arrived takes the place of all stored lines of its name; the others stay (RFC 9111 §3.2).</summary>
    private static HttpFields UpdateFields(StoredResponse stored, HttpFields received, PolicySettings settings)
    {
        var keepsTag = KeepsTag(stored, ResponseConclusions.Of(stored, settings).ETag, received.First(FieldNames.ETag));
        var names = new FieldNameSet(received);
        var count = 0;
        foreach (var line in stored.Fields.Lines)
        {
            count += Stays(line.Name, names, keepsTag) ? 1 : 0;
        }

        foreach (var line in received.Lines)
        {
            count += IsUpdated(line.Name, keepsTag) ? 1 : 0;
        }

        var lines = new FieldLine[count];
        count = 0;
        foreach (var line in stored.Fields.Lines)
        {
            if (Stays(line.Name, names, keepsTag))
            {
                lines[count++] = line;
            }
        }

        foreach (var line in received.Lines)
        {
            if (IsUpdated(line.Name, keepsTag))
            {
                lines[count++] = line;
            }
        }

        return new HttpFields(lines);
    }

    private static bool Stays(string name, in FieldNameSet received, bool keepsTag) => !received.Contains(name) || !IsUpdated(name, keepsTag);

    private static bool IsUpdated(string name, bool keepsTag) => !IsTiedToBody(name) && !(keepsTag && HttpFields.SameName(name, FieldNames.ETag));

    /// <summary>Whether the tag of a 304 is none for the bytes at hand: it is stronger than theirs, or that of another coding of the same representation.</summary>
    private static bool KeepsTag(StoredResponse stored, EntityTag? own, string? received) =>
        own is { IsWeak: true }
        || stored.TagIsUnreliable
        || (received is { Length: > 0 } && EntityTag.Parse(received) is var other && own?.WeakMatches(other) != true
            && (ValidationRules.IsCoded(stored) || own?.DiffersByCoding(other) == true));

    /// <summary>Fields that describe the bytes at hand, which a 304 does not carry; RFC 9111 §3.2 lets a cache keep them as they are.</summary>
    private static bool IsTiedToBody(string name) =>
        HttpFields.SameName(name, FieldNames.ContentLength)
        || HttpFields.SameName(name, FieldNames.ContentRange)
        || HttpFields.SameName(name, FieldNames.ContentEncoding)
        || HttpFields.SameName(name, FieldNames.ContentDigest)
        || HttpFields.SameName(name, FieldNames.ContentMD5);

    /// <summary>All that have a strong tag; of those that have a weak one, or a malformed one, the most recent.</summary>
    private static ImmutableArray<StoredResponse> SameTag(ImmutableArray<StoredResponse> nominated, EntityTag tag, PolicySettings settings)
    {
        var isStrong = tag is { IsWeak: false, IsWellFormed: true };
        ImmutableArray<StoredResponse> same = [];
        foreach (var stored in nominated)
        {
            var facts = ResponseConclusions.Of(stored, settings);
            if (facts.ETag is { } own && (isStrong ? own.StrongMatches(tag) : own.WeakMatches(tag)))
            {
                same = isStrong ? same.Add(stored) : MostRecent(same, stored, facts, settings);
            }
        }

        return same.Length == nominated.Length ? nominated : same;
    }

    private static ImmutableArray<StoredResponse> SameDate(ImmutableArray<StoredResponse> nominated, DateTimeOffset modified, PolicySettings settings)
    {
        ImmutableArray<StoredResponse> same = [];
        foreach (var stored in nominated)
        {
            var facts = ResponseConclusions.Of(stored, settings);
            if (facts.LastModifiedValue == modified)
            {
                same = MostRecent(same, stored, facts, settings);
            }
        }

        return same;
    }

    private static ImmutableArray<StoredResponse> MostRecent(ImmutableArray<StoredResponse> best, StoredResponse other, ResponseConclusions facts, PolicySettings settings) =>
        best is [var one] && ResponseConclusions.Of(one, settings).DateValue >= facts.DateValue ? best : [other];
}
