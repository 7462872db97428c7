namespace HttpCaching.Policy;

/// <summary>
/// One selecting field of a stored response (RFC 9111 §4.1), with the value that last was found to match: most requests for a variant send the same
/// bytes, and need no normal form then. May be used by many threads.
/// </summary>
/// <param name="field">The nominated field and its value in the original request.</param>
/// <param name="settings">The settings.</param>
/// <param name="isUnknown">Whether the value in the original request is not known, so that no request matches.</param>
internal sealed class SelectingMatch(SelectingField field, PolicySettings settings, bool isUnknown = false)
{
    // Longer values are rare, and would stay for as long as the response.
    private const int LongestKept = 256;

    // A secret is not remembered.
    private readonly bool _mayKeep = !SelectionRules.IsSensitive(field.Name);

    // Requests name their fields by the runtime's own strings as a rule, which this finds: to see that two are one takes no look at their letters.
    private readonly string _name = string.IsInterned(field.Name) ?? field.Name;
    private string? _latest;

    /// <summary>A field whose value in the original request is not known.</summary>
    public static SelectingMatch Unknown(string name, PolicySettings settings) => new(new SelectingField(name, null), settings, isUnknown: true);

    /// <summary>The name of the field.</summary>
    public string Name => @field.Name;

    /// <summary>Whether the original request had no such field.</summary>
    public bool IsAbsent => @field.Value is null;

    /// <summary>Whether a value of a request is one that has been found to match. If it is not, it may match all the same.</summary>
    public bool IsKnown(string value) => value == Volatile.Read(ref _latest);

    /// <summary>Whether this is the selecting field of that name.</summary>
    public bool Is(string name) => HttpFields.SameName(_name, name);

    /// <summary>Whether a request has the field of the original one.</summary>
    public bool Matches(in HttpFields presented)
    {
        var value = _mayKeep ? presented.Combined(_name) : null;
        if (value is not null && value == Volatile.Read(ref _latest))
        {
            return true;
        }

        if (isUnknown || field.Name == "*" || SelectionRules.ValueOf(field.Name, presented, settings) != field.Value)
        {
            return false;
        }

        if (value is { Length: <= LongestKept })
        {
            Volatile.Write(ref _latest, value);
        }

        return true;
    }
}
