using HttpCaching.Origins.Servers;
using HttpCaching.Origins.SetUps;
using HttpCaching.Origins.Site;

namespace HttpCaching.Origins.Dialogue;

/// <summary>
/// Where a scene is played: one server, one set-up, two clients. Every request goes out twice at the same time, and the answers are compared:
/// the cache's has to be the plain client's, or one that a plain client got for the same request within the permitted age.
/// </summary>
internal sealed class Stage(OriginServer server, Clients clients, SiteFolder site, string scene)
{
    /// <summary>Longer than every lifetime that the servers give, the heuristic one included.</summary>
    private static readonly TimeSpan PastAllLifetimes = TimeSpan.FromHours(25);

    /// <summary>How often a plain client asks once more where the answers differ: servers with a cache of their own don't always give the same.</summary>
    private const int Repetitions = 2;

    /// <summary>How often a client asks again until a server answers that was started again, or that has more connections than it can take.</summary>
    private const int RepetitionsUntilAnswered = 20;

    private readonly PastAnswers _past = new();
    private readonly List<Divergence> _divergences = [];
    private int _requests;
    private int _hits;
    private int _notModified;

    public Allowances Allowances { get; } = new(clients.Decode, server.Plan.Forget is not null);

    public SceneCount Count => new(_requests, _hits, _notModified);

    public IReadOnlyList<Divergence> Divergences => _divergences;

    public OriginServer Server => server;

    /// <summary>Takes the server away and brings it back, once for all set-ups that play the scene: what happens is named.</summary>
    public Func<string, Task> Interruption { get; init; } = _ => Task.CompletedTask;

    /// <summary>Puts a file of this scene in place.</summary>
    /// <returns>Its path in URIs.</returns>
    public string Publish(string file, int version = 1, int? length = null) => site.Publish($"{scene}/{file}", version, length);

    /// <summary>Puts a new version of a file in place, and makes caches in front of the origin forget the old one.</summary>
    public async Task ChangeAsync(string file, int version = 2, int? length = null)
    {
        Publish(file, version, length);
        await ForgetAsync();
    }

    public async Task RemoveAsync(string file)
    {
        site.Remove($"{scene}/{file}");
        await ForgetAsync();
    }

    public string PathOf(string file) => $"{site.Path}{scene}/{file}";

    /// <summary>Lets all that is stored grow stale.</summary>
    public void Expire() => clients.Clock.Advance(PastAllLifetimes);

    /// <summary>Sends a request with both clients at the same time and compares. Without an answer the plain client is no witness, so it asks until it has one.</summary>
    /// <returns>The plain client's answer.</returns>
    public Task<Answer> PlayAsync(Ask ask) =>
        CompareAsync(ask, SendUntilAnsweredAsync(clients.Plain, ask), Sender.SendAsync(clients.Cached, ask, clients.Clock));

    /// <summary>The same after the server was away: a connection of the pool that it has closed may cost either client its first request.</summary>
    public Task<Answer> PlayAfterRestartAsync(Ask ask) =>
        CompareAsync(ask, SendUntilAnsweredAsync(clients.Plain, ask), SendUntilAnsweredAsync(clients.Cached, ask));

    /// <summary>Sends a request many times at once with both clients and compares each answer.</summary>
    public Task PlayTogetherAsync(Ask ask, int times) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(_ => PlayAsync(ask)));

    /// <summary>Both clients read the beginning of an answer and leave.</summary>
    public async Task LeaveAsync(Ask ask, int after)
    {
        var plain = Sender.LeaveAsync(clients.Plain, ask, clients.Clock, after);
        var cached = Sender.LeaveAsync(clients.Cached, ask, clients.Clock, after);
        await CompareAsync(ask, WithoutCodedStart(plain), WithoutCodedStart(cached), $", left after {after}");

        // The beginning of one compression can't be compared with that of another.
        static async Task<Answer> WithoutCodedStart(Task<Answer> send) => await send is var answer && answer["Content-Encoding"] is null
            ? answer
            : answer with { Body = [], Fields = answer.Fields.Where(field => field.Key != "Content-Length").ToDictionary(StringComparer.OrdinalIgnoreCase) };
    }

    /// <summary>
    /// Both clients read a part, then something happens to the origin, then they read on. The plain client has a copy of the file: some caches in servers
    /// let one request wait until the other has read all.
    /// </summary>
    public async Task InterruptAsync(Ask ask, Ask ofCopy, int after, Func<Task> happening)
    {
        var goOn = NewGate();
        var (plainPaused, cachedPaused) = (NewGate(), NewGate());
        var plain = Sender.PauseAsync(clients.Plain, ofCopy, clients.Clock, after, plainPaused.SetResult, goOn.Task);
        var cached = Sender.PauseAsync(clients.Cached, ask, clients.Clock, after, cachedPaused.SetResult, goOn.Task);
        await Task.WhenAll(Task.WhenAny(plain, plainPaused.Task), Task.WhenAny(cached, cachedPaused.Task));
        await happening();
        goOn.SetResult();
        await CompareAsync(ask, plain, cached, $", interrupted after {after}");

        // A whole answer in spite of that is one that the cache may give again.
        if (await plain is { Error: null } whole)
        {
            _past.Add(ask, whole);
        }
    }

    private async Task<Answer> SendUntilAnsweredAsync(HttpClient client, Ask ask)
    {
        var answer = await Sender.SendAsync(client, ask, clients.Clock);
        for (var again = 0; again < RepetitionsUntilAnswered && answer.Error is HttpRequestException; again++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            answer = await Sender.SendAsync(client, ask, clients.Clock);
        }

        return answer;
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<Answer> CompareAsync(Ask ask, Task<Answer> sendPlain, Task<Answer> sendCached, string? part = null)
    {
        var (plain, cached) = (await sendPlain, await sendCached);
        Note(cached);
        if (part is null)
        {
            _past.Add(ask, plain);
            await AskForPlainFormAsync(ask);
        }

        var difference = part is null && plain.Error is not (null or NotSupportedException or InvalidDataException or InvalidOperationException)
            ? $"the plain client failed: {plain.Error.Message}"
            : Judge.Difference(ask, plain, cached, Allowances);
        if (difference is null || (part is null ? await IsPermittedAsync(ask, plain, cached) : EndedByLuck(ask, plain, cached)))
        {
            // Compressed once more the bytes are others: parts of them are compared with what this caller got as a whole.
            if (part is null && cached is { Status: 200, Error: null, Cache.Hit: false })
            {
                _past.Add(ask.AsWhole(), cached with { Cache = null });
            }
            else if (cached is { Error: null, Cache.ForwardStatus: 304 })
            {
                _past.Confirm(ask.AsWhole(), cached);
            }

            return plain;
        }

        lock (_divergences)
        {
            _divergences.Add(new Divergence(scene, $"{_requests}: {ask}{part}", difference, $"  plain:  {plain}\n  cached: {cached}"));
        }

        return plain;
    }

    /// <summary>Whether one download broke off and the other is whole: how far each had got when the server ended is luck. What looks whole has to be.</summary>
    private bool EndedByLuck(Ask ask, Answer plain, Answer cached)
    {
        var (whole, error) = plain.Error is null ? (plain, cached.Error) : (cached, plain.Error);
        return error is IOException && whole is { Status: 200, Error: null }
            && (whole["Content-Length"] == $"{whole.Body.Length}" || IsFile(ask, whole))
            && Allowances.Use("broken");
    }

    /// <summary>Whether a body without a length, in chunks, is the file's.</summary>
    private bool IsFile(Ask ask, Answer whole) =>
        whole["Content-Encoding"] is null && File.ReadAllBytes(Path.Combine(server.Site, ask.Path)).AsSpan().SequenceEqual(whole.Body);

    private async Task<bool> IsPermittedAsync(Ask ask, Answer plain, Answer cached) =>
        IsPermittedPast(ask, plain, cached) || await IsPermittedNowAsync(ask, cached) || await IsUncodedAsync(ask, plain, cached);

    private void Note(Answer cached)
    {
        Interlocked.Increment(ref _requests);
        if (cached.Cache is { Hit: true })
        {
            Interlocked.Increment(ref _hits);
        }
        else if (cached.Cache is { ForwardStatus: 304 } && cached.Status != 304)
        {
            Interlocked.Increment(ref _notModified);
        }
    }

    /// <summary>
    /// Whether a stored response is right by what a plain client got for the same request, for its GET or for the whole: within the lifetime of that,
    /// or of the version that the origin has confirmed.
    /// </summary>
    private bool IsPermittedPast(Ask ask, Answer plain, Answer cached)
    {
        if (cached.Cache is not { FromCache: true })
        {
            return false;
        }

        return IsRightBy(ask, past => Judge.Difference(ask, past, cached, Allowances) is null)
            || (ask.Method == HttpMethod.Head && IsRightBy(ask.As(HttpMethod.Get), past => Judge.Difference(ask, past with { Body = [] }, cached, Allowances) is null))
            || (ask.Range is not null && IsRightBy(ask.AsWhole(), past => Allowances.AllowsOfWhole(ask, past, cached)));

        bool IsRightBy(Ask form, Func<Answer, bool> isRight)
        {
            var found = _past.Of(form).Where(past => IsPermitted(past.Answer) && isRight(past.Answer)).Select(past => (bool?)past.OfOtherCoding).Min();
            return found is not null && (found is false || Allowances.Use("coding"));
        }

        bool IsPermitted(Answer past) => cached.Cache.Hit
            ? cached.Time - past.Time <= Lifetimes.Of(past)
            : past["Last-Modified"] == plain["Last-Modified"];
    }

    /// <summary>
    /// Whether an answer is right by what a plain client gets if it asks once more: servers with a cache of their own don't always give the same,
    /// and the cache cuts a part from the whole that a server gives.
    /// </summary>
    private async Task<bool> IsPermittedNowAsync(Ask ask, Answer cached)
    {
        for (var again = 0; again < Repetitions; again++)
        {
            var plain = await Sender.SendAsync(clients.Plain, ask, clients.Clock);
            _past.Add(ask, plain);
            if (Judge.Difference(ask, plain, cached, Allowances) is null)
            {
                return true;
            }
        }

        return ask.Range is not null && (cached.Cache is { FromCache: true } || server.Plan.Forget is not null)
            && Allowances.AllowsOfWhole(ask, await Sender.SendAsync(clients.Plain, ask.AsWhole(), clients.Clock), cached);
    }

    /// <summary>Where the cache's pipeline decodes, what a client gets that asks for no coding is right too: such a form may be the one that is stored.</summary>
    private async Task AskForPlainFormAsync(Ask ask)
    {
        if (clients.Bare is not null)
        {
            _past.Add(ask.WithoutCoding(), await Sender.SendAsync(clients.Bare, ask.WithoutCoding(), clients.Clock));
        }
    }

    /// <summary>Whether an answer is right by what a client gets that asks for no coding, or, for a part, cut from the whole that such a client gets.</summary>
    private async Task<bool> IsUncodedAsync(Ask ask, Answer plain, Answer cached)
    {
        if (clients.Bare is null)
        {
            return false;
        }

        var uncoded = Allowances.AllowsAnswerInPlaceOf304(ask, plain, cached) ? ask.WithoutCoding().WithoutConditions() : ask.WithoutCoding();
        var bare = await Sender.SendAsync(clients.Bare, uncoded, clients.Clock);
        return Judge.Difference(uncoded, bare, cached, Allowances) is null
            ? Allowances.Use(ask.Range is null ? "coding" : "uncoded-part")
            : ask.Range is not null
                && Allowances.AllowsOfWhole(uncoded, await Sender.SendAsync(clients.Bare, uncoded.AsWhole(), clients.Clock), cached)
                && Allowances.Use("uncoded-part");
    }

    private Task ForgetAsync() => server.Plan.Forget?.Invoke(server) ?? Task.CompletedTask;
}
