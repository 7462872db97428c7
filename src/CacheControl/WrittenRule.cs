namespace HttpCaching;

/// <summary>A rule as it was written in the options.</summary>
/// <param name="Pattern">The URIs that it is for.</param>
/// <param name="Rule">Its settings.</param>
/// <param name="IsBroken">Whether a part of it could not be read, which has an error of its own.</param>
internal sealed record WrittenRule(string? Pattern, CacheRule Rule, bool IsBroken = false)
{
    /// <summary>Two are equal if they set the same for the same requests.</summary>
    public bool Equals(WrittenRule? other) =>
        other is not null && Pattern == other.Pattern && Rule.Settings.Equals(other.Rule.Settings) && Rule.Methods.SequenceEqual(other.Rule.Methods);

    public override int GetHashCode() => HashCode.Combine(Pattern, Rule.Settings);
}
