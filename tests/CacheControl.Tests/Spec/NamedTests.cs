using System.Reflection;
using Xunit.Sdk;

namespace HttpCaching.Tests.Spec;

/// <summary>Which tests name which requirements: by a trait called Spec, or by a first theory argument that looks like an id.</summary>
internal static class NamedTests
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The test names by id, each once, in order.</summary>
    /// <param name="families">What the ids begin with: "UTF-8" is not one.</param>
    public static ILookup<string, string> Find(IReadOnlySet<string> families) => (
        from type in typeof(NamedTests).Assembly.GetTypes()
        where type is { IsClass: true, IsAbstract: false }
        from method in type.GetMethods(Methods)
        where method.GetCustomAttributes<FactAttribute>(inherit: true).Any() && !IsLeftOut(method)
        from id in IdsOf(type, method, families).Distinct()
        select (Id: id, Name: $"{method.DeclaringType!.Name}.{method.Name}"))
        .Distinct()
        .OrderBy(pair => pair.Name, StringComparer.Ordinal)
        .ToLookup(pair => pair.Id, pair => pair.Name);

    /// <summary>Whether a test is left out everywhere. One that is left out on this machine, because its attribute finds that something is missing, counts.</summary>
    private static bool IsLeftOut(MethodInfo method) =>
        method.GetCustomAttributesData().Any(data => data.NamedArguments.Any(argument => argument.MemberName == nameof(FactAttribute.Skip)));

    private static IEnumerable<string> IdsOf(Type type, MethodInfo method, IReadOnlySet<string> families) =>
        TraitsOf(method).Concat(TraitsOf(type)).Concat(FirstArguments(method).Where(text => LooksLikeId(text, families)));

    // The attribute keeps its arguments to itself, so they are read from the metadata.
    private static IEnumerable<string> TraitsOf(MemberInfo member) =>
        from data in WithBases(member)
        where data.AttributeType == typeof(TraitAttribute) && data.ConstructorArguments[0].Value is "Spec"
        select (string)data.ConstructorArguments[1].Value!;

    private static IEnumerable<CustomAttributeData> WithBases(MemberInfo member) => member is Type { BaseType: { } parent } type
        ? type.GetCustomAttributesData().Concat(WithBases(parent))
        : member.GetCustomAttributesData();

    private static IEnumerable<string> FirstArguments(MethodInfo method) =>
        from attribute in method.GetCustomAttributes<DataAttribute>()
        from row in attribute.GetData(method)
        where row is [string, ..]
        select (string)row[0];

    private static bool LooksLikeId(string text, IReadOnlySet<string> families) =>
        text.IndexOf('-') is > 0 and var dash
        && dash + 1 < text.Length
        && text.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0
        && families.Contains(text[..dash]);
}
