using System.Text;

namespace HttpCaching.Tests.Fuzz;

/// <summary>Runs a history through the real handler, and hands every answer to the invariants.</summary>
internal sealed class HistoryRun : IDisposable
{
    private readonly History _history;
    private readonly FuzzClock _clock = new();
    private readonly FuzzOrigin _origin;
    private readonly MemoryHttpCacheStore _store = new();
    private readonly HttpCache _cache;
    private readonly HttpMessageInvoker _invoker;
    private readonly AnswerInvariants? _invariants;
    private readonly List<SeenAnswer> _unread = [];
    private HistoryReach? _reach;
    private bool _explains;
    private readonly HistoryTranscript? _transcript;

    private HistoryRun(History history, HistoryTranscript? transcript = null)
    {
        _history = history;
        _transcript = transcript;
        _origin = new FuzzOrigin(_clock);
        var options = new HttpCacheOptions
        {
            Kind = history.IsShared ? CacheKind.Shared : CacheKind.Private,
            StaleIfError = history.IsLenient ? TimeSpan.FromSeconds(30) : TimeSpan.Zero,
            Stale = { WhenDisconnected = history.IsLenient },
            Store = { Post = history.HasOptIns },
            Extensions = { CacheQuery = history.HasOptIns, NoVarySearch = history.HasOptIns },
        };
        if (history.IsShared)
        {
            options.Extensions.TargetedFields.Add("CDN-Cache-Control");
        }

        foreach (var rule in history.Rules)
        {
            options.For(rule.Pattern, rule.Configure);
        }

        options.TakesStraightPath = transcript is not { IsOfWalk: true };
        _cache = new HttpCache(_store, options, _clock, transcript, transcript);
        _invoker = new HttpMessageInvoker(new CachingHandler(_cache) { InnerHandler = _origin });
        _invariants = history.Rules.Count == 0 ? new AnswerInvariants(history, _origin, _clock) : null;
    }

    public static void Check(History history) => Check(history, null);

    /// <summary>Runs it, and counts in <paramref name="reach"/> what kinds of reuse it has come to.</summary>
    public static void Check(History history, HistoryReach? reach)
    {
        using var run = new HistoryRun(history) { _reach = reach };
        run.Go();
    }

    /// <summary>Runs it, and holds what the cache says of each request before it to what becomes of it.</summary>
    public static void CheckExplained(History history)
    {
        using var run = new HistoryRun(history) { _explains = true };
        run.Go();
    }

    /// <summary>Runs it by the walk alone and with the straight path, and holds the two to each other: answers, bodies, statuses, counts and log lines.</summary>
    /// <returns>How many answers the straight path gave.</returns>
    public static int CheckStraight(History history)
    {
        var (walked, straight) = (new HistoryTranscript(isOfWalk: true), new HistoryTranscript(isOfWalk: false));
        foreach (var transcript in new[] { walked, straight })
        {
            using (transcript)
            {
                using var run = new HistoryRun(history, transcript);
                run.Go();
            }
        }

        straight.Steps.Count.Should().Be(walked.Steps.Count);
        foreach (var (taken, expected) in straight.Steps.Zip(walked.Steps))
        {
            string.Join('\n', taken.Order(StringComparer.Ordinal)).Should().Be(string.Join('\n', expected.Order(StringComparer.Ordinal)));
        }

        return straight.Straight;
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _cache.Dispose();
        _store.Dispose();
    }

    private void Go()
    {
        for (var i = 0; i < _history.Steps.Length; i++)
        {
            var late = _unread.ToArray();
            _unread.Clear();
            try
            {
                Take(_history.Steps[i]);
                Array.ForEach(late, ReadWhole);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Step {i}: {exception.Message}", exception);
            }
        }

        foreach (var answer in _unread)
        {
            ReadWhole(answer);
        }
    }

    private void Take(Step step)
    {
        switch (step)
        {
            case Step.Send send:
                Send(send);
                break;
            case Step.Advance advance:
                _clock.Advance(advance.Seconds);
                break;
            case Step.StepBack back:
                _clock.StepBack(back.Seconds);
                break;
            case Step.Invalidate invalidate:
                _cache.InvalidateAsync(new Uri(invalidate.Uri)).GetAwaiter().GetResult();
                _invariants?.Invalidated(invalidate.Uri);
                break;
            default:
                _cache.ClearAsync().GetAwaiter().GetResult();
                Array.ForEach(HistoryGen.Uris, uri => _invariants?.Invalidated(uri));
                break;
        }
    }

    private void Send(Step.Send step)
    {
        using var request = Request(step);
        var before = Describe(request);
        var known = _origin.Exchanges.Count;
        _origin.Begin(step, PartitionOf(step));
        var explained = _explains ? Explained(request) : null;
        _transcript?.Begin(request, _cache);
        try
        {
            var response = step.IsAsync ? Completed(_invoker.SendAsync(request, default)) : _invoker.Send(request, default);
            explained?.Check(response, _origin.Calls);
            var answer = new SeenAnswer(step, response, _origin.Calls, known);
            _invariants?.Check(answer);
            _transcript?.Add(response, _origin.Calls);
            _reach?.Note(answer, _origin);
            _origin.LetBackgroundIn();
            _cache.Controller.Background.WhenIdleAsync().GetAwaiter().GetResult();
            Read(answer);
        }
        catch (HttpRequestException exception)
        {
            _invariants?.Failed(exception);
            explained?.CheckFailed();
        }
        finally
        {
            _origin.LetBackgroundIn();
            Describe(request).Should().Be(before, "the caller's request is untouched");
            _invariants?.AfterUnsafe(step, known);
        }
    }

    private ForetoldAnswer Explained(HttpRequestMessage request)
    {
        var known = _origin.Exchanges.Count;
        var explained = Completed(_cache.ExplainAsync(request));
        _origin.Exchanges.Count.Should().Be(known, "the origin is not asked");
        return new ForetoldAnswer(explained, Completed(_cache.ExplainAsync(request)));
    }

    private void Read(SeenAnswer answer)
    {
        switch (answer.Step.Reading)
        {
            case Reading.Whole:
                ReadWhole(answer);
                break;
            case Reading.Later:
                _unread.Add(answer);
                break;
            case Reading.Partly:
                _ = answer.Response.Content.ReadAsStream().ReadAtLeast(new byte[2], 2, throwOnEndOfStream: false);
                answer.Response.Dispose();
                break;
            default:
                answer.Response.Dispose();
                break;
        }
    }

    private void ReadWhole(SeenAnswer answer)
    {
        using var response = answer.Response;
        var body = new MemoryStream();
        try
        {
            if (answer.Step.IsAsync)
            {
                Completed(response.Content.CopyToAsync(body));
            }
            else
            {
                response.Content.ReadAsStream().CopyTo(body);
            }
        }
        catch (Exception exception) when (_origin.Thrown.Contains(exception) || (exception.InnerException is { } inner && _origin.Thrown.Contains(inner)))
        {
            answer.IsFromCache.Should().BeFalse("a stored body does not break off");
            return;
        }
        catch (Exception exception) when ((answer.IsShared || (answer.Calls > 1 ? answer.Step.Second : answer.Step.First).Length == LengthKind.Short)
            && (exception as HttpIOException ?? exception.InnerException as HttpIOException)?.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            // The exchange that it shares was cut short, or the one that was to complete a stored part.
            return;
        }

        _transcript?.Add(body.ToArray());
        _invariants?.CheckBody(answer, body.ToArray());
    }

    private string? PartitionOf(Step.Send step) =>
        step.Partition ?? (_history.IsShared ? null : step.Fields.FirstOrDefault(f => f.Key == "Authorization").Value);

    private static HttpRequestMessage Request(Step.Send step)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(step.Method), step.Uri);
        foreach (var (name, value) in step.Fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (step.Method is "PUT" or "POST")
        {
            request.Content = new ByteArrayContent([1, 2, 3]);
        }

        if (step.Content is { } content)
        {
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(content[(content.IndexOf(':') + 1)..]));
            if (!content.StartsWith(':'))
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", content[..content.IndexOf(':')]);
            }
        }

        if (step.Partition is not null)
        {
            request.WithCachePartition(step.Partition);
        }

        return step.Mode == HttpCacheMode.Default ? request : request.WithCache(step.Mode);
    }

    private static string Describe(HttpRequestMessage request)
    {
        var text = new StringBuilder().Append(request.Method).Append(' ').Append(request.RequestUri).Append(' ').Append(request.Version).Append(request.VersionPolicy).Append(request.Content?.GetHashCode());
        foreach (var header in request.Headers.NonValidated)
        {
            text.Append('\n').Append(header.Key).Append(": ").AppendJoin(" | ", (IEnumerable<string>)header.Value);
        }

        return text.ToString();
    }

    private static T Completed<T>(Task<T> task)
    {
        task.IsCompleted.Should().BeTrue("nothing here has to wait");
        return task.GetAwaiter().GetResult();
    }

    private static void Completed(Task task)
    {
        task.IsCompleted.Should().BeTrue("nothing here has to wait");
        task.GetAwaiter().GetResult();
    }
}
