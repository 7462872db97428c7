using System.Collections.Immutable;
using System.Text;
using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>Which stored responses the origin is asked about, and with what fields (RFC 9111 §4.3.1).</summary>
internal static class ValidationRules
{
    /// <summary>
    /// The stored responses to ask about when one was selected: that one alone, or, when it can't be validated, every variant that can. None for a POST: to
    /// If-None-Match it is answered with 412 and not with 304, if the server keeps to RFC 9110 §13.1.2, so that it is asked for whole.
    /// </summary>
    public static ImmutableArray<StoredResponse> Nominate(
        RequestHead presented, StoredResponse selected, ImmutableArray<StoredResponse> candidates, PolicySettings settings) =>
        presented.OnlyAsks ? []
        : selected.TagIsUnreliable ? (ResponseConclusions.Of(selected, settings).LastModified is null ? [] : [selected])
        : ResponseConclusions.Of(selected, settings).HasValidator ? [selected]
        : NominateVariants(presented, candidates, settings);

    /// <summary>
    /// All complete variants of the URI that have an entity tag and that the request accepts, newest first: one of them may be what the origin would send now.
    /// Responses that differ in their selecting fields only by the origin's choice are found again this way.
    /// </summary>
    public static ImmutableArray<StoredResponse> NominateVariants(
        RequestHead presented, ImmutableArray<StoredResponse> candidates, PolicySettings settings)
    {
        if (presented.OnlyAsks)
        {
            return [];
        }

        var nominated = ImmutableArray.CreateBuilder<StoredResponse>();
        var length = 0;
        foreach (var candidate in candidates.OrderByDescending(c => ResponseConclusions.Of(c, settings).DateValue))
        {
            if (candidate is { IsComplete: true, TagIsUnreliable: false }
                && MethodRules.CanAnswer(candidate.Method, presented.Method)
                && SelectionRules.IsForThisKind(candidate, settings)
                && !RangeRules.IsUndoneAbove(presented, candidate)
                && ResponseConclusions.Of(candidate, settings).ETag is { IsSendable: true } tag
                && AcceptanceRules.Accepts(presented.Fields, candidate.Fields)
                && nominated.Count < settings.MaximumValidators
                && (length += tag.Text.Length + 4) <= settings.MaximumValidatorLength)
            {
                nominated.Add(candidate);
            }
        }

        return nominated.DrainToImmutable();
    }

    /// <summary>The conditional fields for asking about the nominated responses, which take the place of the request's own; empty if none has a validator.</summary>
    public static HttpFields Conditions(RequestHead presented, ImmutableArray<StoredResponse> nominated, PolicySettings settings)
    {
        var tags = TagsOf(presented, nominated, settings);

        // A date answers for one response only, and not for a range of it (RFC 9110 §13.1.3, §14.2).
        var since = nominated.Length == 1
            && ResponseConclusions.Of(nominated[0], settings).LastModified is { } lastModified
            && IsSendable(lastModified)
            && !presented.Fields.Contains(FieldNames.Range)
            && (tags.Count > 0 || !presented.Fields.Contains(FieldNames.IfNoneMatch))
                ? new FieldLine(FieldNames.IfModifiedSince, lastModified)
                : default(FieldLine?);
        if (tags.Count == 0)
        {
            return since is { } alone ? new HttpFields([alone]) : HttpFields.Empty;
        }

        var match = new FieldLine(FieldNames.IfNoneMatch, Union(tags, presented.Fields.Combined(FieldNames.IfNoneMatch)));
        return since is { } date ? new HttpFields([match, date]) : new HttpFields([match]);
    }

    /// <summary>Whether the stored bytes are, or were below the cache, in a content coding.</summary>
    public static bool IsCoded(StoredResponse stored) => stored.IsDecoded || stored.Fields.Contains(FieldNames.ContentEncoding);

    /// <summary>
    /// Whether the tags that went out were not all ours: a 304 that does not say which of them it means may then mean the caller's.
    /// </summary>
    public static bool AsksAboutOthers(RequestHead presented, ImmutableArray<StoredResponse> nominated, PolicySettings settings)
    {
        if (presented.Fields.Combined(FieldNames.IfNoneMatch) is not { } list)
        {
            return false;
        }

        var theirs = EntityTagList.Parse(list);
        var ours = TagsOf(presented, nominated, settings);
        return theirs.IsAny || theirs.IsMalformed || theirs.Tags.Any(tag => !ours.Contains(tag.ToString()));
    }

    /// <summary>
    /// The tags of ours that go out, each once. A malformed one goes alone or not at all: next to others it could make the origin refuse the whole list.
    /// </summary>
    private static List<string> TagsOf(RequestHead presented, ImmutableArray<StoredResponse> nominated, PolicySettings settings)
    {
        var isAlone = nominated.Length == 1 && !presented.Fields.Contains(FieldNames.IfNoneMatch);
        var tags = new List<string>(nominated.Length);
        foreach (var stored in nominated)
        {
            if (!stored.TagIsUnreliable
                && ResponseConclusions.Of(stored, settings).ETag is { IsSendable: true } tag
                && (isAlone || tag.IsWellFormed)
                && !tags.Contains(tag.ToString()))
            {
                tags.Add(tag.ToString());
                if (nominated.Length == 1 && IsCoded(stored) && tag.WithoutCoding is { } plain)
                {
                    // Apache httpd adds the coding to the tag, and then knows it only without.
                    tags.Add(plain.ToString());
                }
            }
        }

        return tags;
    }

    /// <summary>Whether the text can go into a request: anything outside printable ASCII makes the platform throw.</summary>
    private static bool IsSendable(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string Union(List<string> ours, string? callers)
    {
        if (callers is null)
        {
            return ours is [var only] ? only : string.Join(", ", ours);
        }

        var theirs = EntityTagList.Parse(callers);
        if (theirs.IsAny || theirs.IsMalformed)
        {
            // A list that can't be joined with ours goes as it is; the caller's condition then judges the answer.
            return callers;
        }

        var all = new StringBuilder(string.Join(", ", ours));
        foreach (var tag in theirs.Tags)
        {
            if (!ours.Contains(tag.ToString()))
            {
                all.Append(", ").Append(tag);
            }
        }

        return all.ToString();
    }
}
