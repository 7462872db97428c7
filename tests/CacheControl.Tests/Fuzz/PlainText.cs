using System.Globalization;
using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Fuzz;

/// <summary>A directive as the plain model reads it: its name in lower case, its argument without quotes, and whether it breaks the grammar.</summary>
internal sealed record PlainDirective(string Name, string? Argument, bool IsBroken);

/// <summary>Slow and simple parsers, written from the grammar and sharing nothing with the product's.</summary>
internal static partial class PlainText
{
    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static List<string> Lines(IEnumerable<KeyValuePair<string, string>> fields, string name) =>
        fields.Where(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).ToList();

    /// <summary>Splits at commas outside quotes; says whether a quote was left open.</summary>
    public static List<string> Split(string text, out bool isOpen)
    {
        var members = new List<string>();
        var current = "";
        isOpen = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',' && !isOpen)
            {
                members.Add(current);
                current = "";
                continue;
            }

            current += text[i];
            if (text[i] == '"')
            {
                isOpen = !isOpen;
            }
            else if (text[i] == '\\' && isOpen && i + 1 < text.Length)
            {
                current += text[++i];
            }
        }

        members.Add(current);
        return members.Select(m => m.Trim(' ', '\t')).Where(m => m.Length > 0).ToList();
    }

    public static bool IsToken(string text) => text.Length > 0 && text.All(IsTokenCharacter);

    public static List<PlainDirective> Directives(IEnumerable<string> lines, out bool isOpen)
    {
        var directives = new List<PlainDirective>();
        isOpen = false;
        foreach (var line in lines)
        {
            foreach (var member in Split(line, out var leftOpen))
            {
                var name = string.Concat(member.TakeWhile(IsTokenCharacter));
                if (name.Length > 0 && Directive(name.ToLowerInvariant(), member[name.Length..]) is { IsBroken: false } sound)
                {
                    directives.Add(sound);
                }
                else
                {
                    // Whatever a broken member names counts against the use of the response, and never for it.
                    directives.AddRange(Words(member).Select(word => new PlainDirective(word, null, true)));
                }

                isOpen |= leftOpen;
            }
        }

        return directives;
    }

    /// <summary>Seconds, at most 2^31; null if the text is no number of seconds.</summary>
    public static double? Seconds(string? text) =>
        text is { Length: > 0 } && text.All(char.IsAsciiDigit)
            ? Math.Min(double.Parse(text, CultureInfo.InvariantCulture), 2147483648d)
            : null;

    /// <summary>A date in one of the three forms, in seconds since 1970; null if it is in none.</summary>
    public static double? Date(string? text, double receipt)
    {
        if (text is null)
        {
            return null;
        }

        var match = FixDate().Match(text) is { Success: true } fix ? fix : Rfc850().Match(text) is { Success: true } old ? old : Asctime().Match(text);
        if (!match.Success)
        {
            return null;
        }

        int Number(string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        var year = Number("year");
        if (match.Groups["year"].Length == 2)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds((long)receipt).Year;
            year += now / 100 * 100;
            year -= year > now + 50 ? 100 : 0;
        }

        var month = Array.IndexOf(Months, match.Groups["month"].Value.ToLowerInvariant()) + 1;
        var (day, hour, minute, second) = (Number("day"), Number("hour"), Number("minute"), Number("second"));
        if (month == 0 || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return null;
        }

        return (new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds + second;
    }

    private static IEnumerable<string> Words(string text) =>
        string.Concat(text.Select(c => IsTokenCharacter(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.ToLowerInvariant());

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || TokenMarks.Contains(c);

    private static PlainDirective Directive(string name, string rest)
    {
        if (rest.Length == 0)
        {
            return new PlainDirective(name, null, false);
        }

        if (rest[0] != '=')
        {
            return new PlainDirective(name, null, true);
        }

        var value = rest[1..];
        if (IsToken(value))
        {
            return new PlainDirective(name, value, false);
        }

        var quoted = QuotedString().Match(value);
        return quoted.Success
            ? new PlainDirective(name, Escape().Replace(quoted.Groups[1].Value, "$1"), false)
            : new PlainDirective(name, null, true);
    }

    [GeneratedRegex("^\"((?:[^\"\\\\]|\\\\.)*)\"$", RegexOptions.Singleline)]
    private static partial Regex QuotedString();

    [GeneratedRegex(@"\\(.)", RegexOptions.Singleline)]
    private static partial Regex Escape();

    [GeneratedRegex("^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>[0-9]{2}) (?<month>[A-Za-z]{3}) (?<year>[0-9]{4}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FixDate();

    [GeneratedRegex("^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-(?<month>[A-Za-z]{3})-(?<year>[0-9]{2}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Rfc850();

    [GeneratedRegex("^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Za-z]{3}) (?<day>[0-9 ][0-9]) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?<year>[0-9]{4})\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Asctime();
}
