using System.Text.RegularExpressions;

namespace HttpCaching.Tests.Docs;

/// <summary>A name that a page has in code exists: a type, a member, an option, a reason, an instrument, a requirement.</summary>
public sealed partial class NameTests
{
    // The page of requirements is made from the names of tests.
    public static TheoryData<string> Pages() => [.. DocPages.All().Where(page => page != "docs/conformance.md").Where(page => page == "README.md" || page.StartsWith("docs/", StringComparison.Ordinal) || page.StartsWith("src/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_NamesInCode_Exist(string page) =>
        Unknown(Repository.Read(page)).Should().BeEmpty(
            "a name that {0} has in code exists in this project or its platform; names of other projects are listed in the page, in a comment 'names of others'", page);

    [Theory]
    [InlineData("`HttpCacheOptions.StaleIfErorr`")]
    [InlineData("`StaleIfErorr`")]
    [InlineData("`Store.Timeuot`")]
    [InlineData("`HttpCacheOptions.Store.Timeuot`")]
    [InlineData("`CacheReason.Freshh`")]
    [InlineData("`MemcachedHttpCacheStore`")]
    [InlineData("`UseMemcached(o => …)`")]
    [InlineData("`WithStaleIfErorr(TimeSpan.FromMinutes(1))`")]
    [InlineData("`cachecontrol.request`s and `cachecontrol.requestz`")]
    [InlineData("`options.Limits.MaximumUrlLength = 2000`")]
    [InlineData("`RUL-999`")]
    [InlineData("`CacheControl.Memcached`")]
    public void MisspeltName_IsFound(string text) => Unknown(text).Should().ContainSingle();

    [Theory]
    [InlineData("`HttpCacheOptions.Store.Timeout`, `Store.Timeout`, `options.Limits.MaximumUriLength = 2000`")]
    [InlineData("`CacheReason.Fresh`, `cachecontrol.store.size`, `CacheControl.Redis`, `UseRedis(\"localhost:6379\")`")]
    [InlineData("`Cache-Control`, `max-age`, `GET`, `no-store`, `src/CacheControl/Control`, `HttpClient`, `IHttpClientFactory`, `UseCookies`")]
    public void RightName_IsAccepted(string text) => Unknown(text).Should().BeEmpty();

    private static List<string> Unknown(string text)
    {
        var others = Others().Match(text).Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        return [.. Span().Matches(Fenced().Replace(text, "")).Select(span => span.Groups["code"].Value)
            .SelectMany(code => Name().Matches(code).Select(name => name.Value)).Distinct()
            .Where(name => !name.Split('.').Any(others.Contains) && !KnownNames.Contains(name))];
    }

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("<!-- names of others: (?<names>[^>]*) -->")]
    private static partial Regex Others();

    /// <summary>An identifier of two humps or more, or a path of them; an instrument; a requirement. Not the part of a path of files or of a field's name.</summary>
    [GeneratedRegex(@"(?<![\w./:@#""'-])(cachecontrol\.[a-z_.]+[a-z]|[A-Z]{3}-\d+|[A-Z]\w*(\.[A-Z]\w*)+|[A-Z][a-z0-9]+([A-Z][a-z0-9]*)+|I[A-Z][a-z]+([A-Z][a-z0-9]*)+)(?![\w/:-]|\.[a-z])|(?<=options\.)[A-Z]\w*(\.[A-Z]\w*)*")]
    private static partial Regex Name();
}
