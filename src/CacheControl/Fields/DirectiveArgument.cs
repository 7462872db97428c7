namespace HttpCaching.Fields;

/// <summary>How a directive's argument was written.</summary>
internal enum DirectiveArgument
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A non-empty token.</summary>
    Token,

    /// <summary>A complete quoted string, perhaps empty.</summary>
    Quoted,

    /// <summary>Something that breaks the grammar, such as whitespace around the equals sign or an open quote.</summary>
    Invalid,
}
