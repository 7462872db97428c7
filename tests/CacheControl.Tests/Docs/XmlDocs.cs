using System.Text.RegularExpressions;
using System.Xml.Linq;
using HttpCaching.Tests.Settings;

namespace HttpCaching.Tests.Docs;

/// <summary>The XML documentation of the library, as text for tables.</summary>
internal static partial class XmlDocs
{
    /// <summary>A part of a member's documentation in one line of Markdown.</summary>
    /// <param name="id">The member, as in the file: <c>P:Namespace.Type.Name</c>.</param>
    /// <param name="part">The element: summary, remarks.</param>
    public static string TextOf(string id, string part)
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(HttpCacheOptions).Assembly.Location, ".xml"));
        var member = documentation.Descendants("member").Single(member => (string?)member.Attribute("name") == id);
        var element = member.Element(part) ?? throw new InvalidOperationException($"{id} has no {part}.");
        return Blanks().Replace(string.Concat(element.Nodes().Select(TextOf)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement see when (see.Attribute("langword") ?? see.Attribute("cref")) is { } name => $"`{NameOf(name.Value)}`",
        XElement other => other.Value,
        _ => string.Empty,
    };

    /// <summary>The short name of what is referred to: an option by its path, a member of the platform's with its type.</summary>
    private static string NameOf(string reference)
    {
        var parts = Parameters().Replace(reference, "").Split('.', ':');
        var group = OptionPath.All.FirstOrDefault(o => parts.Length > 2 && o.Group?.PropertyType.Name == parts[^2])?.Group;
        return group is not null ? $"{group.Name}.{parts[^1]}"
            : reference.StartsWith("P:System.", StringComparison.Ordinal) ? $"{parts[^2]}.{parts[^1]}"
            : parts[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\(.*")]
    private static partial Regex Parameters();
}
