namespace HttpCaching.Storage;

/// <summary>One nominated request field.</summary>
/// <param name="Name">The field name as Vary wrote it.</param>
/// <param name="Value">The normalised combined value, or <see langword="null"/> if the original request had no such field.</param>
public readonly record struct SelectingField(string Name, string? Value);
