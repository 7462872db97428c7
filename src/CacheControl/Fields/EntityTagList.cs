using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>
/// The value of If-None-Match (RFC 9110 §13.1.2): any, or a list of tags. A list with a malformed member matches nothing, except that a
/// single bare text without quotes is kept as one malformed tag, so that it still equals a stored ETag that is malformed in the same way.
/// </summary>
internal sealed class EntityTagList
{
    private EntityTagList(bool isAny, bool isMalformed, IReadOnlyList<EntityTag> tags)
    {
        IsAny = isAny;
        IsMalformed = isMalformed;
        Tags = tags;
    }

    /// <summary>Whether the value was `*` alone.</summary>
    public bool IsAny { get; }

    /// <summary>Whether the value breaks the grammar; <see cref="Tags"/> is then empty or holds the one bare text.</summary>
    public bool IsMalformed { get; }

    /// <summary>The tags in order; empty for `*` and for most malformed lists.</summary>
    public IReadOnlyList<EntityTag> Tags { get; }

    /// <summary>Reads the combined lines of If-None-Match; never fails, see <see cref="IsMalformed"/>.</summary>
    /// <param name="combined">The field lines joined by commas.</param>
    public static EntityTagList Parse(string combined)
    {
        var text = FieldText.TrimOws(combined);
        if (text is "*")
        {
            return new EntityTagList(isAny: true, isMalformed: false, []);
        }

        var tags = new List<EntityTag>();
        while (!text.IsEmpty)
        {
            var end = MemberEnd(text);
            var member = FieldText.TrimOws(text[..end]);
            if (!member.IsEmpty)
            {
                var tag = EntityTag.Parse(member.ToString());
                if (!tag.IsWellFormed)
                {
                    return Malformed(combined);
                }

                tags.Add(tag);
            }

            text = end < text.Length ? text[(end + 1)..] : [];
        }

        return new EntityTagList(isAny: false, isMalformed: false, tags);
    }

    /// <summary>Whether `*` or one of the tags weakly matches <paramref name="tag"/>.</summary>
    /// <param name="tag">The stored response's tag.</param>
    public bool WeakMatches(EntityTag tag)
    {
        if (IsAny)
        {
            return true;
        }

        foreach (var candidate in Tags)
        {
            if (candidate.WeakMatches(tag))
            {
                return true;
            }
        }

        return false;
    }

    private static EntityTagList Malformed(string combined)
    {
        var text = FieldText.TrimOws(combined);
        var isBare = !text.ContainsAny("\", \t");
        return new EntityTagList(isAny: false, isMalformed: true, isBare ? [new EntityTag(text.ToString(), IsWeak: false)] : []);
    }

    // Quotes in entity tags know no escape, unlike quoted strings: "a\" is complete.
    private static int MemberEnd(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ',' && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }
}
