using System.Reflection;

namespace HttpCaching.Tests.Settings;

/// <summary>An option as it is written in code, configuration and messages: its group, if it is in one, and its name.</summary>
/// <param name="Group">The group's property; null on top.</param>
/// <param name="Option">The option's property.</param>
internal sealed record OptionPath(PropertyInfo? Group, PropertyInfo Option)
{
    /// <summary>All options, in the order in which they are declared.</summary>
    public static IReadOnlyList<OptionPath> All { get; } =
    [
        .. Declared.Where(p => !IsGroup(p)).Select(p => new OptionPath(null, p)),
        .. Declared.Where(IsGroup).SelectMany(g => g.PropertyType.GetProperties().Select(p => new OptionPath(g, p))),
    ];

    private static PropertyInfo[] Declared => typeof(HttpCacheOptions).GetProperties();

    /// <summary>Whether a property of the options is a group of them.</summary>
    public static bool IsGroup(PropertyInfo property) => property.PropertyType is { Namespace: "HttpCaching", IsClass: true };

    /// <summary>The option of a path.</summary>
    public static OptionPath Of(string path) => All.Single(o => o.ToString() == path);

    public object? ValueIn(HttpCacheOptions options) => Option.GetValue(OwnerIn(options));

    public void Set(HttpCacheOptions options, object? value) => Option.SetValue(OwnerIn(options), value);

    public override string ToString() => Group is null ? Option.Name : $"{Group.Name}.{Option.Name}";

    private object OwnerIn(HttpCacheOptions options) => Group?.GetValue(options) ?? options;
}
