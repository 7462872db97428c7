namespace HttpCaching.Fields.Text;

/// <summary>The tokens of a GraphQL document, in one pass. White space, commas and comments are between them and mean nothing (GraphQL, section 2.1).</summary>
/// <param name="text">The document.</param>
internal ref struct GraphQLTokens(ReadOnlySpan<char> text)
{
    private const string Quotes = "\"\"\"";

    private ReadOnlySpan<char> _rest = text;

    /// <summary>The token that was read last.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Its kind.</summary>
    public GraphQLToken Kind { get; private set; }

    /// <summary>Reads the next token.</summary>
    /// <returns>False at the end, and at a text that is no token.</returns>
    public bool Read()
    {
        SkipWhatMeansNothing();
        var length = 0;
        Kind = _rest.IsEmpty ? GraphQLToken.End : KindOf(out length);
        Current = _rest[..length];
        _rest = _rest[length..];
        return Kind is not (GraphQLToken.End or GraphQLToken.Invalid);
    }

    /// <summary>Reads on behind the bracket that closes the one that was read last.</summary>
    /// <returns>False if a bracket has no other, or if they are nested too deep.</returns>
    public bool SkipBrackets()
    {
        const int Deepest = 256;
        Span<char> open = stackalloc char[Deepest];
        var depth = 0;
        do
        {
            var bracket = Kind == GraphQLToken.Punctuator ? Current[0] : ' ';
            if (bracket is '{' or '(' or '[')
            {
                if (depth == Deepest)
                {
                    return false;
                }

                open[depth++] = bracket switch { '{' => '}', '(' => ')', _ => ']' };
            }
            else if (bracket is '}' or ')' or ']' && (depth == 0 || open[--depth] != bracket))
            {
                return false;
            }

            if (depth == 0)
            {
                return true;
            }
        }
        while (Read());
        return false;
    }

    private void SkipWhatMeansNothing()
    {
        while (true)
        {
            _rest = _rest.TrimStart(" \t\r\n,\uFEFF");
            if (_rest.IsEmpty || _rest[0] != '#')
            {
                return;
            }

            var end = _rest.IndexOfAny('\r', '\n');
            _rest = end < 0 ? [] : _rest[end..];
        }
    }

    private readonly GraphQLToken KindOf(out int length)
    {
        var first = _rest[0];
        length = 1;
        if (IsNameStart(first))
        {
            while (length < _rest.Length && (IsNameStart(_rest[length]) || char.IsAsciiDigit(_rest[length])))
            {
                length++;
            }

            return GraphQLToken.Name;
        }

        if (char.IsAsciiDigit(first) || first == '-')
        {
            while (length < _rest.Length && (char.IsAsciiLetterOrDigit(_rest[length]) || _rest[length] is '.' or '+' or '-' or '_'))
            {
                length++;
            }

            return GraphQLToken.Number;
        }

        if (first == '"')
        {
            length = _rest.StartsWith(Quotes) ? LengthOfBlock() : LengthOfString();
            return length > 0 ? GraphQLToken.String : GraphQLToken.Invalid;
        }

        if (_rest.StartsWith("..."))
        {
            length = 3;
            return GraphQLToken.Punctuator;
        }

        return "!$&():=@[]{|}".Contains(first, StringComparison.Ordinal) ? GraphQLToken.Punctuator : GraphQLToken.Invalid;
    }

    /// <summary>Zero if the string has no end in its line.</summary>
    private readonly int LengthOfString()
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            switch (_rest[i])
            {
                case '"':
                    return i + 1;

                case '\\':
                    i++;
                    break;

                case '\r' or '\n':
                    return 0;
            }
        }

        return 0;
    }

    /// <summary>Zero if the block has no end.</summary>
    private readonly int LengthOfBlock()
    {
        var from = Quotes.Length;
        while (_rest[from..].IndexOf(Quotes) is >= 0 and var at)
        {
            var end = from + at;
            if (_rest[end - 1] != '\\')
            {
                return end + Quotes.Length;
            }

            from = end + Quotes.Length;
        }

        return 0;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';
}
