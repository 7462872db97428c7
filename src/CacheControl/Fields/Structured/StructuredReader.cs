using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace HttpCaching.Fields.Structured;

/// <summary>
/// Reads keys, bare items, items with parameters and inner lists off the front of a text (RFC 9651 §4.2.1.2, §4.2.3). After a false answer
/// the position is meaningless: any error voids the whole field.
/// </summary>
internal ref struct StructuredReader
{
    private const int MaxDigits = 15;
    private const int MaxDigitsBeforePoint = 12;
    private const int MaxDigitsAfterPoint = 3;

    private ReadOnlySpan<char> _rest;

    /// <summary>Starts at the beginning, past leading spaces; spaces at the end do not count either.</summary>
    /// <param name="text">The joined field lines.</param>
    public StructuredReader(ReadOnlySpan<char> text) => _rest = text.Trim(' ');

    /// <summary>Whether everything is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Whether the next character is this one.</summary>
    /// <param name="c">The character.</param>
    public readonly bool IsAt(char c) => !_rest.IsEmpty && _rest[0] == c;

    /// <summary>Moves past the next character if it is this one.</summary>
    /// <param name="c">The character.</param>
    public bool Take(char c)
    {
        if (!IsAt(c))
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>Moves past a comma and the whitespace around it; false if there is none or nothing follows it.</summary>
    public bool TakeSeparator()
    {
        _rest = _rest.TrimStart(" \t");
        if (!Take(','))
        {
            return false;
        }

        _rest = _rest.TrimStart(" \t");
        return !IsAtEnd;
    }

    /// <summary>Reads a key of a dictionary or parameter (§4.2.3.3).</summary>
    /// <param name="key">The key.</param>
    public bool TryReadKey(out string key)
    {
        var length = 0;
        while (length < _rest.Length && StructuredSyntax.IsKeyCharacter(_rest[length], isFirst: length == 0))
        {
            length++;
        }

        key = TakeText(length);
        return length > 0;
    }

    /// <summary>Reads an item or an inner list with its parameters (§4.2.1.1).</summary>
    /// <param name="member">The member.</param>
    public bool TryReadMember([NotNullWhen(true)] out StructuredMember? member)
    {
        member = null;
        if (IsAt('('))
        {
            return TryReadInnerList(out member);
        }

        if (!TryReadItem(out var item))
        {
            return false;
        }

        member = item;
        return true;
    }

    /// <summary>Reads a bare item with its parameters (§4.2.3).</summary>
    /// <param name="item">The item.</param>
    public bool TryReadItem([NotNullWhen(true)] out StructuredItem? item)
    {
        item = null;
        if (!TryReadValue(out var value) || !TryReadParameters(out var parameters))
        {
            return false;
        }

        item = new StructuredItem(value, parameters);
        return true;
    }

    /// <summary>Reads parameters, perhaps none (§4.2.3.2).</summary>
    /// <param name="parameters">The parameters.</param>
    public bool TryReadParameters(out StructuredParameters parameters)
    {
        parameters = StructuredParameters.Empty;
        List<KeyValuePair<string, StructuredValue>>? read = null;
        while (Take(';'))
        {
            _rest = _rest.TrimStart(' ');
            var value = StructuredValue.Boolean(true);
            if (!TryReadKey(out var key) || (Take('=') && !TryReadValue(out value)))
            {
                return false;
            }

            (read ??= []).Add(new(key, value));
        }

        if (read is not null)
        {
            parameters = new StructuredParameters(read);
        }

        return true;
    }

    // RFC 9651 §4.2.1.2. The items are set apart by spaces only, and at least one.
    private bool TryReadInnerList([NotNullWhen(true)] out StructuredMember? list)
    {
        list = null;
        Take('(');
        var items = new List<StructuredItem>();
        while (true)
        {
            _rest = _rest.TrimStart(' ');
            if (Take(')'))
            {
                break;
            }

            if (!TryReadItem(out var item) || !(IsAt(' ') || IsAt(')')))
            {
                return false;
            }

            items.Add(item);
        }

        if (!TryReadParameters(out var parameters))
        {
            return false;
        }

        list = new StructuredInnerList(items, parameters);
        return true;
    }

    private bool TryReadValue(out StructuredValue value)
    {
        value = default;
        if (IsAtEnd)
        {
            return false;
        }

        return _rest[0] switch
        {
            '-' or (>= '0' and <= '9') => TryReadNumber(out value),
            '"' => TryReadString(out value),
            ':' => TryReadBytes(out value),
            '?' => TryReadBoolean(out value),
            '@' => TryReadDate(out value),
            '%' => TryReadDisplayString(out value),
            var c when StructuredSyntax.IsTokenCharacter(c, isFirst: true) => TryReadToken(out value),
            _ => false,
        };
    }

    // RFC 9651 §4.2.4
    private bool TryReadNumber(out StructuredValue value)
    {
        value = default;
        var isNegative = Take('-');
        var whole = CountDigits();
        if (whole is 0 or > MaxDigits)
        {
            return false;
        }

        var digits = TakeText(whole);
        if (!Take('.'))
        {
            var number = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            value = StructuredValue.Integer(isNegative ? -number : number);
            return true;
        }

        var fraction = CountDigits();
        if (whole > MaxDigitsBeforePoint || fraction is 0 or > MaxDigitsAfterPoint)
        {
            return false;
        }

        var exact = decimal.Parse(digits + "." + TakeText(fraction), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        value = StructuredValue.Decimal(isNegative ? -exact : exact);
        return true;
    }

    // RFC 9651 §4.2.5
    private bool TryReadString(out StructuredValue value)
    {
        value = default;
        var text = new StringBuilder();
        for (var i = 1; i < _rest.Length; i++)
        {
            var c = _rest[i];
            if (c == '"')
            {
                _rest = _rest[(i + 1)..];
                value = StructuredValue.String(text.ToString());
                return true;
            }

            if (c == '\\')
            {
                // Nothing but these two can be escaped.
                i++;
                if (i == _rest.Length || _rest[i] is not ('"' or '\\'))
                {
                    return false;
                }

                c = _rest[i];
            }

            if (c is < ' ' or > '~')
            {
                return false;
            }

            text.Append(c);
        }

        return false;
    }

    // RFC 9651 §4.2.6
    private bool TryReadToken(out StructuredValue value)
    {
        var length = 1;
        while (length < _rest.Length && StructuredSyntax.IsTokenCharacter(_rest[length], isFirst: false))
        {
            length++;
        }

        value = StructuredValue.Token(TakeText(length));
        return true;
    }

    // RFC 9651 §4.2.7
    private bool TryReadBytes(out StructuredValue value)
    {
        value = default;
        var length = _rest[1..].IndexOf(':');
        if (length < 0 || !StructuredSyntax.TryDecodeBase64(_rest.Slice(1, length), out var bytes))
        {
            return false;
        }

        _rest = _rest[(length + 2)..];
        value = StructuredValue.ByteSequence(bytes);
        return true;
    }

    // RFC 9651 §4.2.8
    private bool TryReadBoolean(out StructuredValue value)
    {
        Take('?');
        value = StructuredValue.Boolean(IsAt('1'));
        return Take('1') || Take('0');
    }

    // RFC 9651 §4.2.9
    private bool TryReadDate(out StructuredValue value)
    {
        value = default;
        Take('@');
        if (!TryReadNumber(out var number) || !number.TryGetInteger(out var seconds))
        {
            return false;
        }

        value = StructuredValue.Date(seconds);
        return true;
    }

    // RFC 9651 §4.2.10
    private bool TryReadDisplayString(out StructuredValue value)
    {
        value = default;
        if (!Take('%') || !Take('"'))
        {
            return false;
        }

        // A quote inside is always percent-encoded.
        var length = _rest.IndexOf('"');
        if (length < 0 || !StructuredSyntax.TryDecodePercent(_rest[..length], out var text))
        {
            return false;
        }

        _rest = _rest[(length + 1)..];
        value = StructuredValue.DisplayString(text);
        return true;
    }

    private readonly int CountDigits()
    {
        var end = _rest.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? _rest.Length : end;
    }

    private string TakeText(int length)
    {
        var text = _rest[..length].ToString();
        _rest = _rest[length..];
        return text;
    }
}
