using System.Collections.Frozen;
using System.Text;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

/// <summary>Which POSTs only ask. A mutation never does; in doubt none does.</summary>
public sealed class ContentRulesTests
{
    private const string Json = "application/json";
    private const string GraphQL = "application/graphql";
    private const string Form = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData("RUL-11", "an anonymous query", "{a}", true)]
    [InlineData("RUL-11", "a query", "query{a}", true)]
    [InlineData("RUL-11", "a named query with all that it can have", "query Q($a: [Int!]! = [1, {b: \"}\"}] @x, $c: T) @d(e: {f: 1}) @g { a(b: $c) @include(if: true) { ...F ...on T { id } } }  fragment F on T @d { b }", true)]
    [InlineData("RUL-11", "two queries", "query A{a} query B{b}", true)]
    [InlineData("RUL-11", "a query that is called as a mutation", "query mutation{mutation subscription{mutation}}", true)]
    [InlineData("RUL-11", "introspection", "{__schema{mutationType{name} subscriptionType{name}}}", true)]
    [InlineData("RUL-11", "a mutation in a comment", "# mutation {a}\n{a}", true)]
    [InlineData("RUL-11", "a mutation in a string", "{a(b:\"} mutation{c}\")}", true)]
    [InlineData("RUL-11", "a mutation in a block", "{a(b:\"\"\"} \\\"\"\" mutation{c}\"\"\")}", true)]
    [InlineData("RUL-11", "a description", "\"asks\" query{a}", true)]
    [InlineData("RUL-11", "a mutation", "mutation{a}", false)]
    [InlineData("RUL-11", "a mutation after white space, commas and a comment", "\uFEFF ,,\t# {a}\r\n,mutation M{a}", false)]
    [InlineData("RUL-11", "a mutation behind a query", "query A{a} mutation B{b}", false)]
    [InlineData("RUL-11", "a mutation behind a fragment", "fragment F on T{a} mutation B{b}", false)]
    [InlineData("RUL-11", "a mutation behind a comment that ends with a return", "{a} # {\rmutation{b}", false)]
    [InlineData("RUL-11", "a mutation behind a line end that some servers know", "{a} # {\u2028mutation{b}", false)]
    [InlineData("RUL-11", "a mutation with a description", "\"\"\"asks\"\"\" mutation{a}", false)]
    [InlineData("RUL-11", "a mutation behind a block that ends early", "{a(b:\"\"\"\"\"\")} mutation{c}", false)]
    [InlineData("RUL-11", "a subscription", "subscription{a}", false)]
    [InlineData("RUL-11", "a mutation in other letters", "Mutation{a}", false)]
    [InlineData("RUL-11", "a mutation behind a character that is no token", "\u00A0mutation{a}", false)]
    [InlineData("RUL-11", "fragments alone", "fragment F on T{a}", false)]
    [InlineData("RUL-11", "without an end", "{a", false)]
    [InlineData("RUL-11", "with an end too many", "{a}}", false)]
    [InlineData("RUL-11", "brackets that do not fit", "{a(b]}", false)]
    [InlineData("RUL-11", "a string without an end", "{a(b:\"c)}", false)]
    [InlineData("RUL-11", "two names", "query A B{a}", false)]
    [InlineData("RUL-11", "a directive without a name", "query @{a}", false)]
    [InlineData("RUL-11", "a definition of a schema", "{a} type T{a: Int}", false)]
    [InlineData("RUL-11", "no document", "red shoes", null)]
    [InlineData("RUL-11", "nothing", "", null)]
    [InlineData("RUL-11", "a quoted phrase", "\"red shoes\" size 42", null)]
    public void Document_OnlyAsks(string spec, string name, string document, bool? expected)
    {
        GraphQLDocument.OnlyAsks(document).Should().Be(expected, $"{spec}: {name}");
        var json = System.Text.Json.JsonSerializer.Serialize(new { query = document, variables = new { a = 1 } });
        OnlyAsks(Json, json).Should().Be(expected is not false, $"{spec}: {name}");
        OnlyAsks(GraphQL, document).Should().Be(expected is true, $"{spec}: {name}");
        OnlyAsks(Form, "a=1&query=" + Uri.EscapeDataString(document)).Should().Be(expected is not false, $"{spec}: {name}");
        OnlyAsks(Json, "{}", "https://h/graphql?query=" + Uri.EscapeDataString(document)).Should().Be(expected is not false, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("RUL-11", "a search of another kind", Json, """{"query":{"match":{"mutation":"mutation{a}"}},"size":10}""", true)]
    [InlineData("RUL-11", "a search for words", Json, """{"query":"red shoes"}""", true)]
    [InlineData("RUL-11", "a search for the word", Json, """{"query":"mutation rates"}""", false)]
    [InlineData("RUL-11", "a number", Json, "42", true)]
    [InlineData("RUL-11", "a batch of queries", Json, """[{"query":"{a}"},{"query":"query B{b}"}]""", true)]
    [InlineData("RUL-11", "a batch with a mutation", Json, """[{"query":"{a}"},{"query":"mutation B{b}"}]""", false)]
    [InlineData("RUL-11", "a batch of documents", Json, """["{a}","mutation{b}"]""", false)]
    [InlineData("RUL-11", "a member that comes twice", Json, """{"query":"mutation{a}","query":"{a}"}""", false)]
    [InlineData("RUL-11", "a member that comes twice, the other first", Json, """{"query":"{a}","query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "a member in other letters", Json, """{"Query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "a member written with escapes", Json, """{"qu\u0065ry":"mut\u0061tion{a}"}""", false)]
    [InlineData("RUL-11", "a query by its hash", Json, """{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}""", false)]
    [InlineData("RUL-11", "other extensions", Json, """{"query":"{a}","extensions":{"trace":true}}""", true)]
    [InlineData("RUL-11", "a query by its name", Json, """{"documentId":"x","variables":{}}""", false)]
    [InlineData("RUL-11", "a query by its number", Json, """{"id":"x","variables":{}}""", false)]
    [InlineData("RUL-11", "a search by a number", Json, """{"id":"x"}""", true)]
    [InlineData("RUL-11", "no JSON", Json, "{query:\"{a}\"}", false)]
    [InlineData("RUL-11", "JSON and more", Json, """{"query":"{a}"}{"query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "JSON with a mark at its beginning", Json, "\uFEFF{}", false)]
    [InlineData("RUL-11", "JSON of a kind of its own", "application/vnd.x+json; charset=utf-8", """{"query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "JSON in another charset", "application/json; charset=utf-16", "{}", false)]
    [InlineData("RUL-11", "JSON as text", "text/plain", """ {"query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "a document as text", "text/plain", "mutation{a}", false)]
    [InlineData("RUL-11", "text", "text/plain", "SELECT 1", true)]
    [InlineData("RUL-11", "XML with the word", "application/soap+xml", "<GetSubscription/>", true)]
    [InlineData("RUL-11", "bytes", "application/x-protobuf", "\u0001\u0002", true)]
    [InlineData("RUL-11", "JSON as bytes", "application/octet-stream", """{"query":"mutation{a}"}""", false)]
    [InlineData("RUL-11", "parts", "multipart/form-data; boundary=x", "", false)]
    [InlineData("RUL-11", "a form with a hash", Form, "extensions=%7B%22persistedQuery%22%3A1%7D", false)]
    [InlineData("RUL-11", "a form with pluses", Form, "query=mutation+M%7Ba%7D", false)]
    public void Content_OnlyAsks(string spec, string name, string contentType, string content, bool expected) =>
        OnlyAsks(contentType, content).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("RUL-10", "the caller says so", "POST", "Content-Type: application/xml", true, true)]
    [InlineData("RUL-10", "the rule names the type", "POST", "Content-Type: Application/JSON;charset=utf-8", false, true)]
    [InlineData("RUL-10", "neither the caller nor a rule says so", "POST", "Content-Type: application/xml", false, false)]
    [InlineData("RUL-10", "another method", "PUT", "Content-Type: application/json", true, false)]
    [InlineData("RUL-10", "GET", "GET", "Content-Type: application/json", true, false)]
    [InlineData("RUL-10", "a condition", "POST", "Content-Type: application/json | If-None-Match: *", true, false)]
    [InlineData("RUL-10", "another condition", "POST", "Content-Type: application/json | If-Unmodified-Since: x", true, false)]
    [InlineData("RUL-10", "a range", "POST", "Content-Type: application/json | Range: bytes=0-1", true, false)]
    [InlineData("RUL-10", "in place of another method", "POST", "Content-Type: application/json | X-HTTP-Method-Override: DELETE", true, false)]
    public void Head_MayOnlyAsk(string spec, string name, string method, string fields, bool callerSays, bool expected)
    {
        var rule = new RuleSettings { ContentTypes = new[] { Json }.ToFrozenSet(StringComparer.OrdinalIgnoreCase) };

        ContentRules.MayOnlyAsk(Given.Request(fields, method, hasContent: true), callerSays, rule).Should().Be(expected, $"{spec}: {name}");
        ContentRules.MayOnlyAsk(Given.Request(fields, method, hasContent: false), callerSays, rule).Should().BeFalse($"{spec}: {name}");
    }

    [Fact]
    [Trait("Spec", "RUL-11")]
    public void EncodedContent_IsInDoubt() =>
        ContentRules.OnlyAsks(Given.Request("Content-Type: application/json | Content-Encoding: gzip", "POST"), "{}"u8).Should().BeFalse();

    private static bool OnlyAsks(string contentType, string content, string uri = "https://h/graphql") =>
        ContentRules.OnlyAsks(new RequestHead { Method = "POST", TargetUri = uri, Fields = new HttpFields([new FieldLine("Content-Type", contentType)]) }, Encoding.UTF8.GetBytes(content));
}
