#:property PublishAot=false
#:property RootNamespace=HttpCaching.Site
using System.Net;
using System.Text.RegularExpressions;

// Prints each link of a built site that leads to no file, or to no element of a page. Exit code 1 if there is one.
var root = Path.GetFullPath(args[0]);
var pages = Directory.EnumerateFiles(root, "*.html", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllText);
var anchors = pages.ToDictionary(page => page.Key, page => Regex.Matches(page.Value, """\s(?:id|name)="([^"]+)""").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToHashSet());
var dead = pages.SelectMany(page => Links(page.Value).Where(link => !Leads(page.Key, link)).Select(link => $"{Path.GetRelativePath(root, page.Key)} links to {link}")).ToList();
dead.ForEach(Console.WriteLine);
Console.WriteLine($"{pages.Count} pages, {dead.Count} dead links");
return dead.Count == 0 && pages.Count > 0 ? 0 : 1;

IEnumerable<string> Links(string text) => Regex.Matches(text, """<(?:a|img|link|script|source)\s[^>]*?(?:href|src)="([^"]+)""")
    .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
    .Where(link => !Regex.IsMatch(link, "^([a-z]+:|//)"))
    .Distinct();

bool Leads(string page, string link)
{
    var parts = link.Split('#', 2);
    var path = Uri.UnescapeDataString(parts[0].Split('?')[0]);
    var target = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
    target = Directory.Exists(target) ? Path.Combine(target, "index.html") : target;
    return target.StartsWith(root, StringComparison.Ordinal) && File.Exists(target)
        && (parts.Length == 1 || parts[1].Length == 0 || !anchors.TryGetValue(target, out var known) || known.Contains(Uri.UnescapeDataString(parts[1])));
}
