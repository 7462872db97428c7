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
            var same = tag is { IsWeak: false, IsWellFormed: true }
                ? nominated.RemoveAll(s => ResponseConclusions.Of(s, settings).ETag is not { } own || !own.StrongMatches(tag))
                : MostRecent(nominated, s => ResponseConclusions.Of(s, settings).ETag is { } own && own.WeakMatches(tag), settings);
            return !same.IsEmpty || AsksForAny(presented) ? same : DespiteTag(nominated, tag, received, settings);
        }

        if (received.LastModifiedValue is { } modified)
        {
            return MostRecent(nominated, s => ResponseConclusions.Of(s, settings).LastModifiedValue == modified, settings);
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
    /// <param name="presented">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="received">The 304, or the response to HEAD.</param>
    /// <param name="times">The times of the exchange.</param>
    /// <param name="generation">The generation of the new head.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="mayFile">Whether the stored response answers the request, so that it is found by the next such request.</param>
    public static StoredResponse Merge(
        RequestHead presented,
        StoredResponse stored,
        ResponseHead received,
        ExchangeTimes times,
        long generation,
        PolicySettings settings,
        bool mayFile = false)
    {
        var fields = StorageRules.WithoutExcluded(UpdateFields(stored, Incoming(received, times), settings), settings);
        var facts = ResponseConclusions.Of(stored.Method, stored.TargetUri, stored.StatusCode, fields, times, null, settings);
        var selections = UpdatedSelections.Of(presented, stored, fields, received.FieldsChangedBelow, mayFile, settings);
        return new StoredResponse
        {
            Method = stored.Method,
            TargetUri = stored.TargetUri,
            SelectingFields = selections[0],
            FurtherSelections = selections.RemoveAt(0),
            TagIsUnreliable = stored.TagIsUnreliable,
            StatusCode = stored.StatusCode,
            ReasonPhrase = stored.ReasonPhrase,
            HttpVersion = stored.HttpVersion,
            Fields = fields,
            Times = times,
            AgeValue = AgeField.Parse(received.Fields),
            BodyLength = stored.BodyLength,
            Part = stored.Part,
            IsDecoded = stored.IsDecoded,
            HadCredentials = stored.HadCredentials || StorageRules.HasCredentials(presented, received),
            Tags = StorageRules.TagsOf(stored.TargetUri, fields, [.. stored.Tags.Where(GroupRules.IsOwn)], settings),
            Variant = VariantRules.IdOf(stored.Method, stored.Part, selections[0]),
            Rank = facts.DateValue.UtcTicks,
            Generation = generation,
            BodyId = stored.BodyId,
        };
    }

    /// <summary>
    /// The updated head as the caller gets it whose request was validated: with the fields that the 304 itself carries, also those that must not be kept
    /// (RFC 9111 §5.2.2.4, §5.2.2.7). It is never stored.
    /// </summary>
    public static StoredResponse ForCaller(StoredResponse stored, StoredResponse merged, ResponseHead received, ExchangeTimes times, PolicySettings settings)
    {
        var incoming = Incoming(received, times);
        var fields = StorageRules.WithoutExcluded(UpdateFields(stored, incoming, settings), settings, exempt: NamesOf(incoming));
        return fields.Count == merged.Fields.Count ? merged : merged.WithFields(fields);
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

    private static HashSet<string> NamesOf(HttpFields fields)
    {
        var names = new HashSet<string>(fields.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var line in fields.Lines)
        {
            names.Add(line.Name);
        }

        return names;
    }

    /// <summary>Each field that arrived takes the place of all stored lines of its name; the others stay (RFC 9111 §3.2).</summary>
    private static HttpFields UpdateFields(StoredResponse stored, HttpFields received, PolicySettings settings)
    {
        var keepsTag = KeepsTag(stored, ResponseConclusions.Of(stored, settings).ETag, received.First(FieldNames.ETag));
        bool Updates(string name) => !IsTiedToBody(name) && !(keepsTag && HttpFields.SameName(name, FieldNames.ETag));

        var names = NamesOf(received);
        var lines = new List<FieldLine>(stored.Fields.Count + received.Count);
        foreach (var line in stored.Fields.Lines)
        {
            if (!Updates(line.Name) || !names.Contains(line.Name))
            {
                lines.Add(line);
            }
        }

        foreach (var line in received.Lines)
        {
            if (Updates(line.Name))
            {
                lines.Add(line);
            }
        }

        return new HttpFields(lines.ToArray());
    }

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

    private static ImmutableArray<StoredResponse> MostRecent(
        ImmutableArray<StoredResponse> nominated, Func<StoredResponse, bool> matches, PolicySettings settings)
    {
        var best = nominated.Where(matches).MaxBy(s => ResponseConclusions.Of(s, settings).DateValue);
        return best is null ? [] : [best];
    }
}
