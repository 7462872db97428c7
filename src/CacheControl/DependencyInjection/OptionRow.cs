using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HttpCaching.DependencyInjection;

/// <summary>One option as configuration names it.</summary>
/// <param name="Path">Its path, with colons.</param>
/// <param name="Expected">The kind of value that it takes, in words; null if it takes an object, which only code can give.</param>
/// <param name="TryRead">Sets the option from a section; false if the value is of another kind.</param>
/// <param name="IsSecret">Whether no message may show the value.</param>
internal sealed record OptionRow(string Path, string? Expected, Func<HttpCacheOptions, IConfigurationSection, bool> TryRead, bool IsSecret = false)
{
    /// <summary>The kind of lists, the only ones with keys below.</summary>
    public const string ListKind = "a list of texts";

    /// <summary>The kind of times.</summary>
    public const string DurationKind = "a duration such as 00:00:30 for half a minute or 7.00:00:00 for a week";

    private const string NumberKind = "a whole number up to 2147483647";

    private delegate bool Parser<T>(string text, out T value);

    /// <summary>The group's name; empty on top.</summary>
    public string Group => Path[..Math.Max(Path.IndexOf(':', StringComparison.Ordinal), 0)];

    /// <summary>The option's name in its group.</summary>
    public string Name => Path[(Path.IndexOf(':', StringComparison.Ordinal) + 1)..];

    public static OptionRow Switch(string path, Action<HttpCacheOptions, bool> set) =>
        Of(path, "true or false", bool.TryParse, set);

    public static OptionRow Duration(string path, Action<HttpCacheOptions, TimeSpan> set) => Of(path, DurationKind, TryParse, set);

    public static OptionRow OptionalDuration(string path, Action<HttpCacheOptions, TimeSpan?> set) => OrNull(path, DurationKind, TryParse, set);

    public static OptionRow Number(string path, Action<HttpCacheOptions, int> set) => Of(path, NumberKind, TryParse, set);

    public static OptionRow OptionalNumber(string path, Action<HttpCacheOptions, int?> set) => OrNull<int>(path, NumberKind, TryParse, set);

    public static OptionRow Size(string path, Action<HttpCacheOptions, long> set) => Of(path, "a whole number", TryParse, set);

    public static OptionRow OptionalSize(string path, Action<HttpCacheOptions, long?> set) => OrNull<long>(path, "a whole number", TryParse, set);

    public static OptionRow Share(string path, Action<HttpCacheOptions, double> set) => Of(path, "a number such as 0.1", TryParse, set);

    public static OptionRow Word<T>(string path, Action<HttpCacheOptions, T> set)
        where T : struct, Enum => Of(path, WordsOf<T>(), TryParse, set);

    public static OptionRow OptionalWord<T>(string path, Action<HttpCacheOptions, T?> set)
        where T : struct, Enum => OrNull<T>(path, WordsOf<T>(), TryParse, set);

    public static OptionRow OptionalText(string path, Action<HttpCacheOptions, string?> set) => new(path, "text", (options, section) =>
    {
        set(options, section.Value is { Length: > 0 } text ? text : null);
        return true;
    });

    public static OptionRow OptionalSecret(string path, Action<HttpCacheOptions, byte[]?> set) => new(
        path,
        "bytes in base64",
        (options, section) =>
        {
            var (text, bytes) = (section.Value, default(byte[]));
            if (!string.IsNullOrEmpty(text))
            {
                bytes = new byte[text.Length];
                if (!Convert.TryFromBase64String(text, bytes, out var length))
                {
                    return false;
                }

                bytes = bytes[..length];
            }

            set(options, bytes);
            return true;
        },
        IsSecret: true);

    /// <summary>A list, which takes the place of the default one.</summary>
    public static OptionRow Texts(string path, Func<HttpCacheOptions, IList<string>> get) => new(path, ListKind, (options, section) =>
    {
        string?[] texts = [.. section.GetChildren().Select(child => child.Value)];
        if (!string.IsNullOrEmpty(section.Value) || texts.Contains(null))
        {
            return false;
        }

        var list = get(options);
        list.Clear();
        foreach (var text in texts)
        {
            list.Add(text!);
        }

        return true;
    });

    public static OptionRow InCode(string path) => new(path, null, static (_, _) => false);

    private static OptionRow Of<T>(string path, string expected, Parser<T> parse, Action<HttpCacheOptions, T> set) => new(path, expected, (options, section) =>
    {
        if (section.Value is not { } text || !parse(text, out var value))
        {
            return false;
        }

        set(options, value);
        return true;
    });

    private static OptionRow OrNull<T>(string path, string expected, Parser<T> parse, Action<HttpCacheOptions, T?> set)
        where T : struct => new(path, expected + ", or null", (options, section) =>
    {
        if (string.IsNullOrEmpty(section.Value))
        {
            set(options, null);
            return true;
        }

        if (!parse(section.Value, out var value))
        {
            return false;
        }

        set(options, value);
        return true;
    });

    /// <summary>Reads a duration. A number alone would be days, which is hardly meant.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParse(string text, out int value) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool TryParse<T>(string text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text.Any(char.IsLetter) && Enum.TryParse(text, ignoreCase: true, out value);
    }

    private static string WordsOf<T>()
        where T : struct, Enum => string.Join(" or ", Enum.GetNames<T>());
}
