using System.Buffers;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;
using HttpCaching.Tests.Policy;

namespace HttpCaching.Tests.Issues;

/// <summary>
/// A field of 60 KB, within the limits, took seconds to read. Eight times as long may take eight times as long; the bound leaves room for caches and the collector,
/// and is far below the 64 times of quadratic work.
/// </summary>
[Trait("Spec", "SEC-10")]
public sealed class FieldsReadInLinearTime
{
    private const int Short = 8 * 1024;
    private const int Long = 64 * 1024;

    public static TheoryData<string> Shapes => new(
        "no-cache", "private", "no-cache, same name", "Vary", "Vary lines", "Connection", "Connection lines", "many fields", "one field, many lines", "targeted", "cache groups",
        "no-vary-search", "quotes", "open quotes", "spaces", "junk members", "date and tag");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ResponseFields_EightTimesAsLong_TakeInProportion(string shape)
    {
        var (few, many) = (FieldsOf(shape, Short), FieldsOf(shape, Long));

        ThreadTime.Ratio(() => Read(few), () => Read(many)).Should().BeLessThan(20, shape);
    }

    [Theory]
    [InlineData("many fields")]
    [InlineData("one field, many lines")]
    public void RequestFields_EightTimesAsMany_TakeInProportion(string shape)
    {
        var (few, many) = (FieldsOf(shape, Short), FieldsOf(shape, Long));

        ThreadTime.Ratio(() => Send(few), () => Send(many)).Should().BeLessThan(20, shape);
    }

    [Theory]
    [InlineData("no-cache", 128, false)]
    [InlineData("no-cache", 129, true)]
    [InlineData("private", 128, false)]
    [InlineData("private", 129, true)]
    public void Directives_MoreThan128Names_AreUnqualified(string directive, int count, bool expected)
    {
        var directives = ResponseDirectives.Parse(Given.Fields($"Cache-Control: max-age=60, {directive}=\"{Names(count)}\""));

        (directive == "private" ? directives.Private : directives.NoCache).Should().Be(expected);
    }

    [Theory]
    [InlineData(128, false)]
    [InlineData(129, true)]
    public void Vary_MoreThan128Names_IsAny(int count, bool expected)
    {
        VaryNames.Parse(Given.Fields("Vary: " + Names(count))).IsAny.Should().Be(expected);
        VaryNames.Parse(Given.Fields("Vary: " + Names(128) + " | Vary: " + Names(128))).IsAny.Should().BeFalse("each name counts once");
    }

    private static string Names(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"x{i}"));

    private static string NamesOfLength(int length) => string.Join(',', Enumerable.Range(0, length / 7).Select(i => $"x{i:00000}"));

    private static HttpFields FieldsOf(string shape, int length) => new(shape switch
    {
        "no-cache" => [new("Cache-Control", $"max-age=60, no-cache=\"{NamesOfLength(length)}\"")],
        "private" => [new("Cache-Control", $"max-age=60, private=\"{NamesOfLength(length)}\"")],
        "no-cache, same name" => [new("Cache-Control", string.Join(',', Enumerable.Repeat("no-cache=\"a,b\"", length / 15)))],
        "Vary" => [new("Vary", NamesOfLength(length))],
        "Vary lines" => [.. Enumerable.Range(0, length / 12).Select(i => new FieldLine("Vary", $"x{i:00000}"))],
        "Connection" => [new("Connection", NamesOfLength(length)), .. Enumerable.Range(0, 100).Select(i => new FieldLine($"y{i}", "1"))],
        "Connection lines" => [.. Enumerable.Range(0, length / 24).SelectMany(i => new FieldLine[] { new("Connection", $"x{i:00000}"), new($"x{i:00000}", "1") })],
        "many fields" => [.. Enumerable.Range(0, length / 8).Select(i => new FieldLine($"x{i:00000}", "1"))],
        "one field, many lines" => [.. Enumerable.Range(0, length / 8).Select(i => new FieldLine("x-same", $"{i}"))],
        "targeted" => [new("CDN-Cache-Control", string.Join(',', Enumerable.Range(0, length / 7).Select(i => $"x{i:00000}")))],
        "cache groups" => [new("Cache-Groups", string.Join(',', Enumerable.Range(0, length / 9).Select(i => $"\"x{i:00000}\"")))],
        "no-vary-search" => [new("No-Vary-Search", $"params=({string.Join(' ', Enumerable.Range(0, length / 9).Select(i => $"\"x{i:00000}\""))})")],
        "quotes" => [new("Cache-Control", string.Join(',', Enumerable.Repeat("x=\"\\a\"", length / 7)))],
        "open quotes" => [new("Cache-Control", new string('"', length - 1) + "a")],
        "spaces" => [new("Cache-Control", string.Concat(Enumerable.Repeat("a         ", length / 10)))],
        "junk members" => [new("Cache-Control", string.Join(',', Enumerable.Repeat("max-age=1 no-cache;private", length / 27)))],
        _ => [new("ETag", "\"" + new string('a', length) + "\""), new("Last-Modified", new string('1', length)), new("Age", new string('1', length))],
    });

    /// <summary>All that happens to the fields of a response: it is judged, stored, merged with itself, written, read, and asked for again.</summary>
    private static void Read(HttpFields fields)
    {
        var settings = Given.Private with { TargetedFields = ["CDN-Cache-Control"], NoVarySearch = true, MaximumFieldLength = int.MaxValue };
        var request = Given.Request("A: 1");
        var response = new ResponseHead { StatusCode = 200, HttpVersion = new Version(1, 1), Fields = fields, FinalMethod = "GET", FinalUri = Given.Uri };
        var times = new ExchangeTimes(Given.Now, Given.Now);
        var facts = ResponseConclusions.Of(new RawResponse("GET", Given.Uri, 200, fields, times, null), settings);
        var asked = Given.Facts(request, settings);
        StorageRules.AgainstStoring(asked, response, facts);
        var head = StorageRules.HeadOf(asked, response, facts, null, [], (1, 1));
        var merged = FresheningRules.Merge(asked, head, response, times, 2).Head;
        SelectionRules.Matches(request, merged, settings);
        NoVarySearchRules.Parse(fields, settings);
        InvalidationRules.After(request, response);
        var bytes = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(bytes, new CacheKey(Given.Uri, null), merged);
        StoredHeadFormat.TryRead(bytes.WrittenSpan, out _, out var read).Should().BeTrue();
        ResponseConclusions.Of(read!, settings);
    }

    /// <summary>All that happens to the fields of a request on its way to the origin and back.</summary>
    private static void Send(HttpFields fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Given.Uri);
        foreach (var line in fields.Lines)
        {
            request.Headers.TryAddWithoutValidation(line.Name, line.Value);
        }

        using var copy = RequestWriter.Clone(request, new HttpFields([new("If-None-Match", "\"a\"")]));
        using var response = new HttpResponseMessage { RequestMessage = copy, Content = new ByteArrayContent([]) };
        var sent = RequestReader.FieldsOf(copy);
        request.Headers.TryAddWithoutValidation("X-Added-Below", "1");
        ResponseReader.Read(response, "GET", Given.Uri, sent).FieldsChangedBelow.Should().BeEmpty();
        response.RequestMessage = request;
        ResponseReader.Read(response, "GET", Given.Uri, sent).FieldsChangedBelow.Should().Equal("X-Added-Below", "If-None-Match");
    }
}
