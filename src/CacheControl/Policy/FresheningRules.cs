using System.Collections.Immutable;
using CacheControl.Fields;
using CacheControl.Model;

namespace CacheControl.Policy;

/// <summary>What a 304 or a HEAD updates (RFC 9111 §3.2, §4.3.4, §4.3.5).</summary>
internal static class FresheningRules
{
    /// <summary>The nominated responses that a 304 speaks of, the one to answer with first; empty if it speaks of none of them.</summary>
    public static ImmutableArray<StoredResponse> Match(
        RequestHead presented, ImmutableArray<StoredResponse> nominated, EvaluatedResponse received, PolicySettings settings)
    {
        if (received.ETag is { IsWeak: false, IsWellFormed: true } strong)
        {
            var same = nominated.Where(s => EvaluatedResponse.Of(s, settings).ETag is { } tag && tag.StrongMatches(strong)).ToImmutableArray();
            if (!same.IsEmpty)
            {
                return same;
            }

            // Servers that compress on the fly weaken the tag of a 200 but not of its 304. Asked about that one response alone,
            // the origin can have meant no other; the RFC would have us fetch it again each time.
            return nominated.Length == 1 && EvaluatedResponse.Of(nominated[0], settings).ETag is { IsWeak: true } weak && weak.WeakMatches(strong)
                ? nominated
                : [];
        }

        if (received.ETag is { } other)
        {
            return MostRecent(nominated, s => EvaluatedResponse.Of(s, settings).ETag is { } tag && tag.WeakMatches(other), settings);
        }

        if (received.LastModifiedValue is { } modified)
        {
            return MostRecent(nominated, s => EvaluatedResponse.Of(s, settings).LastModifiedValue == modified, settings);
        }

        // Servers need not repeat Last-Modified in a 304, and some forget the tag: one without validators speaks of the only response it can,
        // unless the caller's tags were asked about as well.
        return nominated.Length == 1 && !ValidationRules.AsksAboutOthers(presented, nominated, settings) ? nominated : [];
    }

    /// <summary>The stored response with the fields of a 304, or of a HEAD that agrees with it, and with the times of that exchange.</summary>
    public static StoredResponse Merge(
        RequestHead presented, StoredResponse stored, ResponseHead received, ExchangeTimes times, long generation, PolicySettings settings)
    {
        var fields = StorageRules.WithoutExcluded(UpdateFields(stored, Incoming(received, times), settings), settings);
        var facts = EvaluatedResponse.Of(stored.Method, stored.TargetUri, stored.StatusCode, fields, times, null, settings);
        var selecting = SelectionRules.Matches(presented, stored, settings)
            ? SelectionRules.SelectingFieldsOf(presented, fields, received.FieldsChangedBelow, settings)
            : SelectionRules.UnderNewVary(stored.SelectingFields, fields);
        return new StoredResponse
        {
            Method = stored.Method,
            TargetUri = stored.TargetUri,
            SelectingFields = selecting,
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
            Tags = StorageRules.TagsOf(stored.TargetUri, fields, stored.Tags.Where(GroupRules.IsOwn), settings),
            Variant = VariantRules.IdOf(stored.Method, stored.Part, selecting),
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
    public static bool Agrees(StoredResponse stored, ResponseHead head, EvaluatedResponse received, PolicySettings settings)
    {
        var facts = EvaluatedResponse.Of(stored, settings);
        return (received.ETag is not { } tag || (facts.ETag is { } own && own == tag))
            && (received.LastModifiedValue is not { } modified || modified == facts.LastModifiedValue)
            && (stored.IsDecoded || head.WireContentLength is not { } length || length == (stored.Part?.Total ?? stored.BodyLength));
    }

    /// <summary>What of a 304 or of a HEAD updates stored fields; without a Date it has that of its receipt.</summary>
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
        var storedIsWeak = EvaluatedResponse.Of(stored, settings).ETag is { IsWeak: true };
        bool Updates(string name) => !IsTiedToBody(name) && !(storedIsWeak && HttpFields.SameName(name, FieldNames.ETag));

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
        var best = nominated.Where(matches).MaxBy(s => EvaluatedResponse.Of(s, settings).DateValue);
        return best is null ? [] : [best];
    }
}
