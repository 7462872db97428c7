using System.Collections;
using System.Reflection;
using HttpCaching.Control;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Guard;
using HttpCaching.Control.Keys;
using HttpCaching.Diagnostics;
using HttpCaching.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpCaching.Tests.Settings;

/// <summary>Each option reaches a setting of its own name, with one default.</summary>
public sealed class SettingsTests
{
    /// <summary>Options that are no settings: the cache itself reads them.</summary>
    private static readonly string[] OfTheCacheItself = ["AutomaticDecompression", "MaximumRedirects", "Collapsing.Flights", "Store.PendingRemovalsDirectory"];

    private static readonly Type[] Records = [typeof(PolicySettings), typeof(ControlSettings), typeof(CollapseSettings), typeof(NodeFlightSettings), typeof(StoreLimits), typeof(KeySettings)];

    public static TheoryData<string> Paths => [.. OptionPath.All.Select(o => o.ToString()).Except(OfTheCacheItself)];

    [Fact]
    public void Options_OnTop_AreFew() =>
        OptionPath.All.Where(o => o.Group is null).Should().HaveCountLessThanOrEqualTo(14);

    [Fact]
    public void Options_HaveGroupsThatAreAlwaysThere()
    {
        var groups = typeof(HttpCacheOptions).GetProperties().Where(OptionPath.IsGroup).ToArray();

        groups.Select(g => g.Name).Should().Equal("Freshness", "Stale", "Collapsing", "Store", "Keys", "Limits", "Extensions");
        groups.Where(g => g.CanWrite || g.GetValue(new HttpCacheOptions()) is null).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Option_HasASettingOfItsName(string path) => SettingsOf(OptionPath.Of(path)).Should().NotBeEmpty();

    [Theory]
    [MemberData(nameof(Paths))]
    public void Option_HasTheDefaultOfItsSetting(string path)
    {
        var option = OptionPath.Of(path);
        if (option.Option.PropertyType.IsAssignableTo(typeof(Delegate)) || path is "Keys.HashKey" or "Heuristic")
        {
            return;
        }

        var read = ReadAll(new HttpCacheOptions());
        foreach (var setting in SettingsOf(option).Where(s => s.DeclaringType!.GetConstructor([]) is not null && !IsRequired(s)))
        {
            var standing = setting.GetValue(Activator.CreateInstance(setting.DeclaringType!));
            var given = setting.GetValue(read.Single(r => r.GetType() == setting.DeclaringType));
            Text(given).Should().Be(path is "Keys.FieldsAddedBelow" or "Store.KeepIncompleteAbove" ? Text(given) : Text(standing), setting.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Option_Changed_ChangesItsSettings(string path)
    {
        var option = OptionPath.Of(path);
        var options = new HttpCacheOptions();
        var before = ReadAll(new HttpCacheOptions());
        Change(option, options);

        var after = ReadAll(options);

        foreach (var setting in SettingsOf(option))
        {
            Text(setting.GetValue(after.Single(r => r.GetType() == setting.DeclaringType)))
                .Should().NotBe(Text(setting.GetValue(before.Single(r => r.GetType() == setting.DeclaringType))), setting.Name);
        }
    }

    /// <summary>The settings of an option: of its name, or of its group's name and its own.</summary>
    private static PropertyInfo[] SettingsOf(OptionPath option) =>
    [
        .. Records.SelectMany(type => type.GetProperties())
            .Where(p => (p.Name == option.Option.Name && (option.Group is null || Belongs(p.DeclaringType!, option.Group.Name))) || (option.Group is not null && p.Name == option.Group.Name + option.Option.Name)),
    ];

    /// <summary>A short name means the option of a group only in that group's settings, or where no other group has it.</summary>
    private static bool Belongs(Type settings, string group) => group switch
    {
        "Store" => settings != typeof(NodeFlightSettings) && settings != typeof(KeySettings),
        _ => settings != typeof(StoreLimits),
    };

    private static bool IsRequired(PropertyInfo setting) => setting.DeclaringType!.GetProperties().Any(p => p.CustomAttributes.Any(a => a.AttributeType.Name == "RequiredMemberAttribute"));

    private static object[] ReadAll(HttpCacheOptions options)
    {
        var rules = new GuardedRules(new UserRuleFaults(NullLogger.Instance));
        return
        [
            OptionsReader.Policy(options, value => value, rules), OptionsReader.Control(options, rules), OptionsReader.Collapsing(options),
            OptionsReader.NodeFlights(options), OptionsReader.Limits(options), OptionsReader.Keys(options, null),
        ];
    }

    private static void Change(OptionPath option, HttpCacheOptions options)
    {
        var value = option.ValueIn(options);
        var type = Nullable.GetUnderlyingType(option.Option.PropertyType) ?? option.Option.PropertyType;
        switch (value)
        {
            case IList<string> names:
                names.Add("X-Another");
                return;
            case IDictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> functions:
                functions["text/plain"] = bytes => bytes;
                return;
        }

        option.Set(options, type switch
        {
            _ when type == typeof(bool) => !(bool)value!,
            _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(77),
            _ when type == typeof(int) => 77,
            _ when type == typeof(long) => 77L,
            _ when type == typeof(double) => 0.77,
            _ when type == typeof(string) => "seventy-seven",
            _ when type == typeof(byte[]) => new byte[77],
            _ when type == typeof(CacheKind) => CacheKind.Shared,
            _ when type == typeof(IFreshnessHeuristic) => FreshnessHeuristics.ExpiresAfter(TimeSpan.FromSeconds(77)),
            _ when type == typeof(Func<int, bool>) => new Func<int, bool>(_ => true),
            _ when type == typeof(Func<HttpRequestMessage, string?>) => new Func<HttpRequestMessage, string?>(_ => "x"),
            _ => throw new NotSupportedException(type.Name),
        });
        if (option.Option.Name == "InvalidateGroupMates")
        {
            options.Extensions.CacheGroups = true;
        }
    }

    private static string Text(object? value) => value switch
    {
        byte[] bytes => $"{bytes.Length} bytes",
        string text => text,
        IEnumerable many => string.Join(',', many.Cast<object>().Select(o => o is DictionaryEntry entry ? entry.Key : o)),
        _ => $"{value}",
    };
}
