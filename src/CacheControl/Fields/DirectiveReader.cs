using System.Text;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>
/// Walks the directives of one Cache-Control or Pragma line (RFC 9111 §5.2) without allocating. A member that breaks the grammar spoils
/// only itself, and is reported as <see cref="DirectiveArgument.Invalid"/>, perhaps without a name: a restriction in it must not be lost.
/// </summary>
internal ref struct DirectiveReader
{
    private ReadOnlySpan<char> _rest;
    private ReadOnlySpan<char> _member;

    /// <summary>Starts before the first directive.</summary>
    /// <param name="line">The value of one field line.</param>
    public DirectiveReader(ReadOnlySpan<char> line) => _rest = line;

    /// <summary>The current directive's name as it was written.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>How the current directive's argument was written.</summary>
    public DirectiveArgument Form { get; private set; }

    /// <summary>The token, or the inside of the quoted string with its escapes; empty for other forms.</summary>
    public ReadOnlySpan<char> RawArgument { get; private set; }

    /// <summary>Whether the line ended inside a quoted string; stays true once it is.</summary>
    public bool IsUnterminated { get; private set; }

    /// <summary>Moves to the next directive, or answers false at the end of the line.</summary>
    public bool Read()
    {
        _rest = _rest.TrimStart(" \t,");
        if (_rest.IsEmpty)
        {
            return false;
        }

        var start = _rest;
        Name = TakeToken();
        RawArgument = default;
        if (Name.IsEmpty)
        {
            Form = DirectiveArgument.Invalid;
            SkipMember();
        }
        else
        {
            ReadArgument();
        }

        _member = start[..(start.Length - _rest.Length)];
        return true;
    }

    /// <summary>Whether the current directive has this name.</summary>
    /// <param name="name">The name, in lower case.</param>
    public readonly bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the current member breaks the grammar and has this name anywhere in it, in quotes or not.</summary>
    /// <param name="name">The name, in lower case.</param>
    public readonly bool Mentions(string name)
    {
        var rest = Form == DirectiveArgument.Invalid ? _member : default;
        while (rest.IndexOfAny(FieldText.TokenCharacters) is >= 0 and var start)
        {
            rest = rest[start..];
            var end = rest.IndexOfAnyExcept(FieldText.TokenCharacters);
            var token = end < 0 ? rest : rest[..end];
            if (token.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            rest = rest[token.Length..];
        }

        return false;
    }

    /// <summary>Reads the argument, quoted or not, as delta-seconds (RFC 9111 §1.2.2).</summary>
    /// <param name="value">Between zero and <see cref="DeltaSeconds.Max"/>; zero if the argument is missing or invalid.</param>
    public readonly bool TryDelta(out TimeSpan value)
    {
        value = TimeSpan.Zero;
        return Form is DirectiveArgument.Token or DirectiveArgument.Quoted
            && (RawArgument.Contains('\\') ? DeltaSeconds.TryParse(Argument(), out value) : DeltaSeconds.TryParse(RawArgument, out value));
    }

    /// <summary>The argument without quotes and escapes; empty for no or an invalid argument.</summary>
    public readonly string Argument()
    {
        if (Form != DirectiveArgument.Quoted || !RawArgument.Contains('\\'))
        {
            return RawArgument.ToString();
        }

        var text = new StringBuilder(RawArgument.Length);
        for (var i = 0; i < RawArgument.Length; i++)
        {
            // The quoted string is complete, so no escape is its last character.
            text.Append(RawArgument[i] == '\\' ? RawArgument[++i] : RawArgument[i]);
        }

        return text.ToString();
    }

    private void ReadArgument()
    {
        Form = DirectiveArgument.None;
        if (IsAtMemberEnd())
        {
            return;
        }

        // Whitespace before the equals sign ends up here too: not an argument, and not none either.
        if (_rest[0] == '=')
        {
            _rest = _rest[1..];
            ReadArgumentValue();
        }
        else
        {
            Form = DirectiveArgument.Invalid;
        }

        if (!IsAtMemberEnd())
        {
            Form = DirectiveArgument.Invalid;
            SkipMember();
        }

        if (Form == DirectiveArgument.Invalid)
        {
            RawArgument = default;
        }
    }

    private void ReadArgumentValue()
    {
        if (_rest.IsEmpty || _rest[0] != '"')
        {
            RawArgument = TakeToken();
            Form = RawArgument.IsEmpty ? DirectiveArgument.Invalid : DirectiveArgument.Token;
            return;
        }

        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '\\')
            {
                i++;
            }
            else if (_rest[i] == '"')
            {
                RawArgument = _rest[1..i];
                Form = DirectiveArgument.Quoted;
                _rest = _rest[(i + 1)..];
                return;
            }
        }

        Form = DirectiveArgument.Invalid;
        IsUnterminated = true;
        _rest = default;
    }

    private ReadOnlySpan<char> TakeToken()
    {
        var end = _rest.IndexOfAnyExcept(FieldText.TokenCharacters);
        var token = end < 0 ? _rest : _rest[..end];
        _rest = _rest[token.Length..];
        return token;
    }

    private readonly bool IsAtMemberEnd()
    {
        var ahead = _rest.TrimStart(" \t");
        return ahead.IsEmpty || ahead[0] == ',';
    }

    private void SkipMember()
    {
        var end = FieldText.IndexOfUnquoted(_rest, ',', out var isUnterminated);
        IsUnterminated |= isUnterminated;
        _rest = _rest[end..];
    }
}
