using System.Globalization;
using System.Text;

namespace HttpCaching.Tests.Fuzz;

/// <summary>What holds for every answer of a cache, whatever happened before.</summary>
internal sealed class AnswerInvariants(History history, FuzzOrigin origin, FuzzClock clock)
{
    /// <summary>Fields that the cache may leave out or change when it stores or refreshes a response.</summary>
    private static readonly string[] OwnFields = ["Age", "Connection", "X-Hop", "Content-Length", "Content-Range", "ETag", "X-Rep", "X-Orig", "x-a", "x-b"];

    private readonly PlainRules _rules = new(history.IsShared, history.IsShared ? "CDN-Cache-Control" : null, history.HasOptIns);
    private readonly Dictionary<string, int> _invalidatedBefore = [];
    private readonly Dictionary<(int, int), double> _ages = [];

    /// <summary>Everything that came from the URI in exchanges until now is invalid.</summary>
    public void Invalidated(string uri) => Invalidated(uri, origin.Exchanges.Count);

    /// <summary>An unsafe request that succeeded, or that nobody knows the end of, invalidates its URI and what the answer names on the same origin.</summary>
    public void AfterUnsafe(Step.Send step, int known)
    {
        if (step.Method is "GET" or "HEAD" or "OPTIONS" or "QUERY")
        {
            return;
        }

        var exchange = origin.Exchanges.Count > known ? origin.Exchanges[known] : null;
        if (exchange is null || exchange.Status is >= 200 and < 400)
        {
            // What a POST brings is stored after it has invalidated what was there.
            var before = history.HasOptIns && step.Method == "POST" && exchange is not null ? known : origin.Exchanges.Count;
            Invalidated(step.Uri, before);
            foreach (var name in new[] { "Location", "Content-Location" })
            {
                if (exchange is not null && PlainText.Lines(exchange.ResponseFields, name) is [var value] && new Uri(new Uri(step.Uri), value) is var named && named.Scheme == new Uri(step.Uri).Scheme)
                {
                    Invalidated(named.AbsoluteUri, before);
                }
            }
        }
    }

    /// <summary>The only exceptions are the origin's.</summary>
    public void Failed(HttpRequestException exception) => origin.Thrown.Should().Contain(exception);

    public void Check(SeenAnswer answer)
    {
        answer.Status.Should().NotBeNull();
        answer.Response.RequestMessage.Should().NotBeNull();
        CheckStatus(answer);
        CheckForm(answer);
        CheckAge(answer);
        if (answer.IsReused)
        {
            CheckTag(answer);
            CheckIsolation(answer);
            CheckPermission(answer);
        }
    }

    public void CheckBody(SeenAnswer answer, byte[] body)
    {
        var isBodiless = answer.Step.Method == "HEAD" || answer.Code is 304 or 204;
        if (isBodiless)
        {
            body.Should().BeEmpty();
            return;
        }

        // What the origin cut short reaches whoever reads it from there, but is not stored.
        var script = answer.Calls > 1 ? answer.Step.Second : answer.Step.First;
        var mayBeShort = answer.IsShared || (!answer.IsReused && script.Length == LengthKind.Short);
        if (answer.Number("Content-Length") is { } length && !mayBeShort)
        {
            length.Should().Be(body.Length, "Content-Length counts the body");
        }

        if (answer.Representation is not { } id)
        {
            return;
        }

        var whole = origin.Representations[id].Body;
        var expected = answer.Code == 206 && ContentRange(answer) is { } range ? whole[range.First..(range.Last + 1)] : whole;
        var text = Encoding.ASCII.GetString(mayBeShort ? expected.AsSpan(0, Math.Min(body.Length, expected.Length)) : expected);
        Encoding.ASCII.GetString(body).Should().Be(text, "the body belongs to the head");
    }

    private static void CheckStatus(SeenAnswer answer)
    {
        var status = answer.Status!;
        var isUnasked = status.Hit || (answer.Code == 504 && status.Forward == ForwardReason.None);
        if (status.Reason == CacheReason.StaleWhileRevalidate)
        {
            // The validation in the background may have asked by now, or not yet.
            status.Hit.Should().BeTrue();
            answer.Calls.Should().BeLessThanOrEqualTo(1);
            return;
        }

        (isUnasked || answer.IsShared).Should().Be(answer.Calls == 0, $"{status} after {answer.Calls} requests to the origin");
        (status.Forward == ForwardReason.None).Should().Be(isUnasked, $"{status}");
    }

    /// <summary>Nobody gets a 304, 206 or 416 who has not asked for one, unless the origin itself gave it to the caller's own request.</summary>
    private void CheckForm(SeenAnswer answer)
    {
        var isOrigins = !answer.IsFromCache && answer.Calls > 0 && answer.Code == (int?)origin.Last?.StatusCode;
        if (answer.Code == 304 && !AsksForNotModified(answer.Step))
        {
            isOrigins.Should().BeTrue("304 answers a condition only, unless the origin sends it to a request without any");
            origin.WasAskedConditionally.Should().BeFalse("no 304 to a condition of the cache's own reaches a caller");
        }

        if (answer.Code is 206 or 416 && !HasField(answer.Step, "Range"))
        {
            var script = answer.Calls > 1 ? answer.Step.Second : answer.Step.First;
            isOrigins.Should().BeTrue($"{answer.Code} answers a range only");
            (script.Kind == OriginKind.LyingPart || script.Status == answer.Code).Should().BeTrue($"{answer.Code} is the answer to a range of the cache's own");
        }
    }

    private void CheckAge(SeenAnswer answer)
    {
        if (!answer.IsReused || answer["Age"] is not { } text)
        {
            answer.Status!.Hit.Should().BeFalse("a response that was not validated shows its age");
            return;
        }

        double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var age).Should().BeTrue($"Age is a number, not {text}");
        if (answer.Origin is { } first && answer.Exchange is { } last)
        {
            _ages.GetValueOrDefault((first, last)).Should().BeLessThanOrEqualTo(age, "the age grows until the next validation");
            _ages[(first, last)] = age;
            age.Should().Be(Math.Floor(Math.Round(_rules.Read(Stored(answer, first, last)).CurrentAge(clock.Seconds), 6)), "the age is counted from the latest exchange");
        }
    }

    /// <summary>
    /// The tag is the one of the representation that the body is. A response that came without a tag is confirmed by its Last-Modified, which an origin may give to two
    /// representations, and takes over the tag of the 304; so is one whose tag the 304 does not have, as with servers that compress on the fly.
    /// </summary>
    private void CheckTag(SeenAnswer answer)
    {
        if (answer.Representation is { } id && answer["ETag"] is { } tag && !(answer.Origin is { } first && IsOfA304(tag, first)))
        {
            tag.Should().BeOneOf($"\"e{id}\"", $"W/\"e{id}\"", $"e{id}", $"\"é{id}\"");
        }
    }

    private bool IsOfA304(string tag, int first)
    {
        var stored = origin.Exchanges[first].ResponseFields;
        var date = PlainText.Lines(stored, "Last-Modified");
        return PlainText.Lines(stored, "ETag").Count == 0
            || (date.Count > 0 && origin.Exchanges.Skip(first + 1).Any(e => e.Status == 304
                && PlainText.Lines(e.ResponseFields, "ETag").Contains(tag) && PlainText.Lines(e.ResponseFields, "Last-Modified").SequenceEqual(date)));
    }

    private void CheckIsolation(SeenAnswer answer)
    {
        if (answer.Origin is not { } first)
        {
            return;
        }

        origin.Partitions[first].Should().Be(origin.CurrentPartition, "partitions are walls");
        answer.Representation.Should().NotBeNull();
        var representation = origin.Representations[answer.Representation!.Value];
        representation.Content.Should().Be(answer.Step.Content, "what another question was answered with is no answer to this one");
        CheckSearch(answer, representation.Uri);
        if (answer.Exchange is { } last && last != answer.Known)
        {
            first.Should().BeGreaterThanOrEqualTo(_invalidatedBefore.GetValueOrDefault(representation.Uri), "what was invalidated is not used again");

            // With another URI's rule came that this is the same: what was known of it then is what the last exchange has said.
            last.Should().BeGreaterThanOrEqualTo(_invalidatedBefore.GetValueOrDefault(answer.Step.Uri), "what was invalidated under another name is not used again");
        }
    }

    /// <summary>Another URI's response answers only if that response says that the difference does not matter.</summary>
    private void CheckSearch(SeenAnswer answer, string storedUri)
    {
        if (storedUri != answer.Step.Uri)
        {
            history.HasOptIns.Should().BeTrue("each URI is its own");
            PlainSearch.AreSame(storedUri, answer.Step.Uri, PlainText.Lines(answer.Fields, "No-Vary-Search")).Should().BeTrue($"{storedUri} is not the same to its No-Vary-Search");
        }
    }

    private void Invalidated(string uri, int before) => _invalidatedBefore[uri] = before;

    private void CheckPermission(SeenAnswer answer)
    {
        var presented = new PlainRequest(answer.Step.Method, answer.Step.Uri, [.. answer.Step.Fields], answer.Step.Mode);
        foreach (var (first, last) in Candidates(answer))
        {
            CheckFields(answer, first, last);
            if (origin.Exchanges[first] is { Status: not 304 } original)
            {
                _rules.AgainstStoring(original).Should().BeEmpty("it was kept");
            }

            var stored = Stored(answer, first, last);
            if (answer.Status!.Hit || answer.IsShared)
            {
                Chain(stored, first, presented).Select(s => _rules.AgainstReuse(s, presented, clock.Seconds)).MinBy(b => b.Count).Should().BeEmpty();
            }
            else if (answer.Status.Reason is CacheReason.StaleIfError or CacheReason.Disconnected)
            {
                var wasReached = answer.Status.ForwardStatus is not null;
                var configured = !history.IsLenient ? 0 : wasReached ? 30 : double.PositiveInfinity;
                Chain(stored, first, presented).Select(s => _rules.AgainstStandIn(s, presented, clock.Seconds, configured, wasReached)).MinBy(b => b.Count).Should().BeEmpty();
            }
            else
            {
                answer.Calls.Should().BeGreaterThan(0);
                origin.Exchanges.Skip(answer.Known).Should().Contain(e => e.Status == 304, "a validated response was confirmed in this step");
            }
        }
    }

    /// <summary>The exchanges that the answer says it was made from; none if it has no room to say so.</summary>
    private static IEnumerable<(int First, int Last)> Candidates(SeenAnswer answer) =>
        answer.Exchange is { } last ? [(answer.Origin ?? last, last)] : [];

    /// <summary>What was stored: the fields as they were answered, with the times and Age of the latest exchange.</summary>
    private PlainExchange Stored(SeenAnswer answer, int first, int last)
    {
        var (original, latest) = (origin.Exchanges[first], origin.Exchanges[last]);
        var fields = answer.Fields.Where(f => f.Key != "Age").Concat(latest.ResponseFields.Where(f => f.Key == "Age")).ToList();
        return latest with
        {
            Method = answer.Origin is null ? latest.Method : original.Method,
            RequestFields = original.RequestFields,

            // A refreshed HEAD does not say where it came from; its status is the one that was stored.
            Status = original.Status == 304 ? answer.Code : original.Status,
            ResponseFields = fields,
        };
    }

    /// <summary>
    /// The stored response beside every request that a validation may have tied it to: a 304 gives it to that request's selecting fields too.
    /// </summary>
    private IEnumerable<PlainExchange> Chain(PlainExchange stored, int first, PlainRequest presented)
    {
        yield return stored;
        foreach (var validation in origin.Exchanges.Skip(first + 1).Where(e => e.Uri == stored.Uri && (e.Status == 304 || e.Method == "HEAD")))
        {
            yield return stored with { RequestFields = [.. validation.RequestFields.Where(f => f.Key != "Authorization"), .. stored.RequestFields.Where(f => f.Key == "Authorization")] };
        }
    }

    /// <summary>Every field of the latest exchange is in the answer as it came.</summary>
    private void CheckFields(SeenAnswer answer, int first, int last)
    {
        // A 304 has no content, so that what it says of content is not taken over.
        var isWhole = first == last && origin.Exchanges[last].Status != 304 && answer.Code is not (206 or 304 or 416);
        foreach (var lines in origin.Exchanges[last].ResponseFields.GroupBy(f => f.Key))
        {
            if (OwnFields.Contains(lines.Key, StringComparer.OrdinalIgnoreCase) || (!isWhole && lines.Key.StartsWith("Content-", StringComparison.Ordinal)))
            {
                continue;
            }

            answer.Fields.Where(f => f.Key == lines.Key).Select(f => f.Value).Should().Equal(lines.Select(f => f.Value), $"{lines.Key} is as the origin said last");
        }
    }

    private static bool AsksForNotModified(Step.Send step) => HasField(step, "If-None-Match") || HasField(step, "If-Modified-Since");

    private static bool HasField(Step.Send step, string name) => step.Fields.Any(f => f.Key == name);

    private static (int First, int Last)? ContentRange(SeenAnswer answer)
    {
        var parts = answer["Content-Range"]?.Split(' ', '-', '/');
        return parts is { Length: 4 } && int.TryParse(parts[1], out var first) && int.TryParse(parts[2], out var last) ? (first, last) : null;
    }
}
