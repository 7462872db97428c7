using System.Globalization;
using System.Text;

namespace HttpCaching.Fields.Structured;

/// <summary>Writes structured fields in their one canonical form (RFC 9651 §4.1). The answer is null if a value cannot be represented.</summary>
internal static class StructuredSerializer
{
    private const long MaxInteger = 999_999_999_999_999;
    private const decimal MaxDecimal = 999_999_999_999.999m;

    /// <summary>Writes an item or inner list with its parameters.</summary>
    /// <param name="member">The member.</param>
    public static string? Serialize(StructuredMember member)
    {
        var output = new StringBuilder();
        return TryAppend(output, member) ? output.ToString() : null;
    }

    /// <summary>Writes a list; empty for no members, in which case the field is not to be sent.</summary>
    /// <param name="list">The list.</param>
    public static string? Serialize(StructuredList list)
    {
        var output = new StringBuilder();
        foreach (var member in list)
        {
            if (!TryAppend(output.Append(output.Length > 0 ? ", " : string.Empty), member))
            {
                return null;
            }
        }

        return output.ToString();
    }

    /// <summary>Writes a dictionary; empty for no members, in which case the field is not to be sent.</summary>
    /// <param name="dictionary">The dictionary.</param>
    public static string? Serialize(StructuredDictionary dictionary)
    {
        var output = new StringBuilder();
        foreach (var (key, member) in dictionary)
        {
            output.Append(output.Length > 0 ? ", " : string.Empty).Append(key);
            var isTrue = member is StructuredItem { Value: var value } && value == StructuredValue.Boolean(true);
            var isWritten = isTrue ? TryAppend(output, member.Parameters) : TryAppend(output.Append('='), member);
            if (!isWritten || !StructuredSyntax.IsKey(key))
            {
                return null;
            }
        }

        return output.ToString();
    }

    private static bool TryAppend(StringBuilder output, StructuredMember member) => member switch
    {
        StructuredItem item => TryAppend(output, item.Value) && TryAppend(output, item.Parameters),
        StructuredInnerList list => TryAppend(output, list),
        _ => false,
    };

    private static bool TryAppend(StringBuilder output, StructuredInnerList list)
    {
        output.Append('(');
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (!TryAppend(i > 0 ? output.Append(' ') : output, list.Items[i]))
            {
                return false;
            }
        }

        return TryAppend(output.Append(')'), list.Parameters);
    }

    private static bool TryAppend(StringBuilder output, StructuredParameters parameters)
    {
        foreach (var (key, value) in parameters)
        {
            output.Append(';').Append(key);
            if (!StructuredSyntax.IsKey(key)
                || (value != StructuredValue.Boolean(true) && !TryAppend(output.Append('='), value)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryAppend(StringBuilder output, StructuredValue value)
    {
        switch (value.Type)
        {
            case StructuredType.Integer:
                return TryAppendInteger(output, value.Number);
            case StructuredType.Date:
                return TryAppendInteger(output.Append('@'), value.Number);
            case StructuredType.Decimal:
                return TryAppendDecimal(output, value.Number);
            case StructuredType.Boolean:
                output.Append(value.Number == 1 ? "?1" : "?0");
                return true;
            case StructuredType.Token:
                output.Append(value.Text);
                return StructuredSyntax.IsToken(value.Text);
            case StructuredType.ByteSequence:
                output.Append(':').Append(value.Text).Append(':');
                return true;
            case StructuredType.String:
                return TryAppendString(output, value.Text!);
            case StructuredType.DisplayString:
                var isWritten = StructuredSyntax.TryEncodePercent(value.Text!, output.Append("%\""));
                output.Append('"');
                return isWritten;
            default:
                return false;
        }
    }

    private static bool TryAppendInteger(StringBuilder output, decimal number)
    {
        output.Append(CultureInfo.InvariantCulture, $"{number:0}");
        return Math.Abs(number) <= MaxInteger;
    }

    private static bool TryAppendDecimal(StringBuilder output, decimal number)
    {
        var rounded = Math.Round(number, 3, MidpointRounding.ToEven);

        // A negative zero would keep its sign.
        output.Append(CultureInfo.InvariantCulture, $"{(rounded == 0 ? 0m : rounded):0.0##}");
        return Math.Abs(rounded) <= MaxDecimal;
    }

    private static bool TryAppendString(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return false;
            }

            if (c is '"' or '\\')
            {
                output.Append('\\');
            }

            output.Append(c);
        }

        output.Append('"');
        return true;
    }
}
