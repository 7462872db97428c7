namespace HttpCaching.Fields.Text;

/// <summary>The kinds of tokens in a GraphQL document.</summary>
internal enum GraphQLToken
{
    /// <summary>There is no further token.</summary>
    End,

    /// <summary>The text that follows is no token.</summary>
    Invalid,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string, or a block of text.</summary>
    String,

    /// <summary>A sign.</summary>
    Punctuator,
}
