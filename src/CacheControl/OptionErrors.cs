using System.Globalization;
using System.Runtime.CompilerServices;
using HttpCaching.Fields.Text;

namespace HttpCaching;

/// <summary>Collects the errors in the values of options. Each error names the option's path, its value, and what to change.</summary>
internal sealed class OptionErrors
{
    /// <summary>The longest time to wait. The platform's timers take twice as much, and two waits are added up where processes wait for each other.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private const string Root = "options.";

    /// <summary>The errors, in the order of the options.</summary>
    public List<string> All { get; } = [];

    /// <summary>Adds an error.</summary>
    public void Add(string error) => All.Add(error);

    /// <summary>Checks a lifetime or window: zero or more.</summary>
    public void Window(TimeSpan? value, [CallerArgumentExpression(nameof(value))] string path = "")
    {
        if (value < TimeSpan.Zero)
        {
            Add($"{PathOf(path)} is {Named(value.Value)}; set it to zero or more, and to TimeSpan.MaxValue for no limit.");
        }
    }

    /// <summary>Checks a time to wait: more than zero, and no longer than timers take.</summary>
    public void Wait(TimeSpan value, [CallerArgumentExpression(nameof(value))] string path = "")
    {
        if (value <= TimeSpan.Zero || value > LongestWait)
        {
            Add($"{PathOf(path)} is {Named(value)}; set it to more than zero and at most 24 days.");
        }
    }

    /// <summary>Checks a time to wait that may be without end.</summary>
    /// <param name="value">The time; null if it is not set.</param>
    /// <param name="mayBeZero">Whether zero is a time to wait too.</param>
    /// <param name="endless">How no limit is written.</param>
    /// <param name="path">The option's path.</param>
    public void OpenWait(TimeSpan? value, bool mayBeZero, string endless, [CallerArgumentExpression(nameof(value))] string path = "")
    {
        if (value is { } time && time != Timeout.InfiniteTimeSpan && (time < TimeSpan.Zero || (time == TimeSpan.Zero && !mayBeZero) || time > LongestWait))
        {
            Add($"{PathOf(path)} is {time}; set it to {(mayBeZero ? "zero or more" : "more than zero")} and at most 24 days, or to {endless}.");
        }
    }

    /// <summary>Checks a share: from 0 to 1.</summary>
    public void Share(double value, [CallerArgumentExpression(nameof(value))] string path = "")
    {
        if (value is not (>= 0 and <= 1))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{PathOf(path)} is {value}; set it to between 0 and 1."));
        }
    }

    /// <summary>Checks a number of things.</summary>
    public void Count(long? value, long least, long most = long.MaxValue, [CallerArgumentExpression(nameof(value))] string path = "")
    {
        if (value < least)
        {
            Add($"{PathOf(path)} is {value}; set it to {least} or more.");
        }
        else if (value > most)
        {
            Add($"{PathOf(path)} is {value}; set it to {most} at most.");
        }
    }

    /// <summary>Checks the names of fields.</summary>
    public void FieldNames(IEnumerable<string> names, [CallerArgumentExpression(nameof(names))] string path = "")
    {
        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(name) || !FieldText.IsValidName(name))
            {
                Add($"{PathOf(path)} contains '{name}', which is no field name; use letters, digits and hyphens.");
            }
        }
    }

    private static string PathOf(string expression) => expression.StartsWith(Root, StringComparison.Ordinal) ? expression[Root.Length..] : expression;

    private static string Named(TimeSpan value) =>
        value == Timeout.InfiniteTimeSpan ? "Timeout.InfiniteTimeSpan, which is not possible here" : $"{value}";
}
