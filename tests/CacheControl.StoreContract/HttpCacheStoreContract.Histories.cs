using System.Globalization;
using System.Text;
using FluentAssertions;
using Xunit;
using Xunit.Sdk;

namespace HttpCaching.StoreContract;

/// <content>Random histories, compared with a plain model of the contract.</content>
public abstract partial class HttpCacheStoreContract
{
    private const int HistorySteps = 60;
    private static readonly string[] HistoryTags = ["red", "blue", "\"https://example.org\" g"];

    /// <summary>The number of histories, unless the variable <c>CACHECONTROL_STORE_HISTORIES</c> sets another.</summary>
    protected virtual int Histories => 10;

    /// <summary>Opens the place of <see cref="Store"/> again, as another process does; <see langword="null"/>, the default, if it can't be shared.</summary>
    protected virtual IHttpCacheStore? OpenAnother() => null;

    /// <summary>Checks the place of the stores at the end of a history. Does nothing by default.</summary>
    /// <param name="standing">The stored responses.</param>
    protected virtual void InspectPlace(IReadOnlyList<StoredResponse> standing)
    {
    }

    /// <summary>Checks that nothing is left in the place of the stores. Called after everything was removed and the stores are closed. Does nothing by default.</summary>
    protected virtual void AssertNothingIsLeft()
    {
    }

    /// <summary>Reads return the responses that the contract promises, after any operations in any order, by one store or by two over the same place.</summary>
    [Fact]
    [Trait("Spec", "INV-9")]
    [Trait("Spec", "CON-8")]
    public async Task AllCalls_InRandomOrder_DoWhatTheModelSays()
    {
        if (!SupportsCompareAndSwap || Store is not IHttpCacheStoreMaintenance maintenance)
        {
            return;
        }

        var count = int.TryParse(Environment.GetEnvironmentVariable("CACHECONTROL_STORE_HISTORIES"), CultureInfo.InvariantCulture, out var asked) ? asked : Histories;
        for (var i = 0; i < count; i++)
        {
            var seed = Random.Shared.Next();
            await using var history = new StoreHistory(this, seed);
            try
            {
                await history.PlayAsync(HistorySteps);
            }
            catch (Exception exception)
            {
                throw new XunitException($"History {seed}:\n{history.Log}\n{exception.Message}", exception);
            }

            await maintenance.ClearAsync(default);
        }

        await DisposeStoreAsync();
        AssertNothingIsLeft();
    }

    /// <summary>One history: one or two stores, the model, and the running operations.</summary>
    private sealed class StoreHistory : IAsyncDisposable
    {
        private readonly HttpCacheStoreContract _contract;
        private readonly Random _random;
        private readonly StoreModel _model = new();
        private readonly List<Held> _held = [];
        private readonly List<Writing> _writing = [];
        private readonly StringBuilder _log = new();
        private readonly CacheKey[] _keys = [Key("a"), Key("b"), Key("a", "scope"), new CacheKey("https://other.example/a")];
        private readonly int _largest;
        private readonly IHttpCacheStore? _other;

        public StoreHistory(HttpCacheStoreContract contract, int seed)
        {
            _contract = contract;
            _random = new Random(seed);
            _largest = (int)Math.Min(90_000, Math.Min((contract.EntryLimitBytes ?? long.MaxValue) / 2, (contract.TotalLimitBytes ?? long.MaxValue) / 50));
            _other = contract.OpenAnother();
        }

        public string Log => _log.ToString();

        private IHttpCacheStore Store => _other is not null && _random.Next(2) == 0 ? _other : _contract.Store;

        private CacheKey AnyKey => _keys[_random.Next(_keys.Length)];

        public async Task PlayAsync(int steps)
        {
            await ((IHttpCacheStoreMaintenance)_contract.Store).ClearAsync(default);
            for (var i = 0; i < steps; i++)
            {
                await StepAsync();
            }

            foreach (var held in _held)
            {
                await CheckAsync(held);
            }

            foreach (var key in _keys)
            {
                await ShouldShowAsync(key);
            }

            _contract.InspectPlace([.. _model.Standing.Select(entry => entry.Head)]);
            if (_contract.ListsResponses)
            {
                var listed = new List<StoredResponse>();
                await foreach (var entry in ((IHttpCacheStoreMaintenance)Store).EnumerateAsync(default))
                {
                    listed.Add(entry.Head);
                }

                listed.Select(StoredResponses.Describe).Should().BeEquivalentTo(_model.Standing.Select(entry => StoredResponses.Describe(entry.Head)));
            }
        }

        public async ValueTask DisposeAsync()
        {
            _held.ForEach(held => held.Snapshot.Dispose());
            _writing.ForEach(writing => writing.Writer.Dispose());
            if (_other is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else
            {
                (_other as IDisposable)?.Dispose();
            }
        }

        private Task StepAsync() => _random.Next(22) switch
        {
            < 4 => BeginAsync(),
            < 9 => PutAsync(),
            < 11 => EndAsync(),
            < 14 => RefreshAsync(),
            14 => HoldAsync(),
            15 => LetGoAsync(),
            16 => RemoveAsync(),
            17 => InvalidateAsync(),
            18 => RemoveByTagAsync(),
            19 => RemoveByPrefixAsync(),
            20 => _random.Next(4) == 0 ? ClearAsync() : ShouldShowAsync(AnyKey),
            _ => ShouldShowAsync(AnyKey),
        };

        private async Task PutAsync()
        {
            await BeginAsync();
            await EndAsync(_writing.Count - 1);
        }

        private async Task BeginAsync()
        {
            var (store, key) = (Store, AnyKey);
            using var snapshot = await store.ReadAsync(key, default);
            var tags = HistoryTags.Where(_ => _random.Next(4) == 0).ToArray();
            var head = StoredResponses.Get(key.Uri, _random.Next(3) == 0 ? _random.Next(_largest) : _random.Next(300), $"v{_random.Next(3)}", _random.Next(10), tags);
            var replaces = _random.Next(2) == 0 ? snapshot.Responses.FirstOrDefault(r => r.Variant == head.Variant)?.Generation : null;
            var writer = await BeginAsync(store, key, _random.Next(2) == 0 ? head.BodyLength : null);
            Note($"begin {key.Uri} {key.Scope} {head.Variant} rank {head.Rank} of {head.BodyLength} bytes [{string.Join(", ", tags)}], in the place of {replaces}");
            _writing.Add(new Writing(store, writer, key, head, snapshot.Stamp, _model.Stamp, replaces));
        }

        private static async Task<HttpCacheWriter> BeginAsync(IHttpCacheStore store, CacheKey key, long? length)
        {
            var writer = await store.BeginWriteAsync(key, length, default);
            writer.Should().NotBeNull();
            return writer!;
        }

        private Task EndAsync() => _writing.Count == 0 ? Task.CompletedTask : EndAsync(_random.Next(_writing.Count));

        private async Task EndAsync(int index)
        {
            var (store, writer, key, head, stamp, modelStamp, replaces) = _writing[index];
            _writing.RemoveAt(index);
            var right = _model.Takes(key, Commit(head, modelStamp, replaces));
            var isTaken = await CommitAsync(writer, stamp);
            if (!isTaken && right && !_contract.StampsAreExact)
            {
                using var snapshot = await store.ReadAsync(key, default);
                isTaken = await CommitAsync(await BeginAsync(store, key, null), snapshot.Stamp);
            }

            if (ShouldBe(isTaken, right, modelStamp))
            {
                _model.Put(key, head);
            }

            await ShouldShowAsync(key);

            async Task<bool> CommitAsync(HttpCacheWriter to, long since)
            {
                using (to)
                {
                    (await WriteAsync(to, SelfDescribingBody.Create(head.BodyId, head.BodyLength))).Should().BeTrue();
                    var answer = await to.CommitAsync(Commit(head, since, replaces), default);
                    Note($"commit {key.Uri} {key.Scope} {head.Variant}: {answer}");
                    return answer;
                }
            }
        }

        private async Task RefreshAsync()
        {
            if (_model.Standing.Count == 0)
            {
                return;
            }

            var (key, standing) = _model.Standing[_random.Next(_model.Standing.Count)];
            var store = Store;
            using var snapshot = await store.ReadAsync(key, default);
            var (stamp, modelStamp) = (snapshot.Stamp, _model.Stamp);
            if (_random.Next(4) == 0)
            {
                await (_random.Next(2) == 0 ? RemoveByTagAsync() : InvalidateAsync());
            }

            var head = StoredResponses.Refresh(
                standing, _random.Next(3) == 0 ? $"v{_random.Next(3)}" : null, _random.Next(10), _random.Next(2) == 0 ? [HistoryTags[_random.Next(HistoryTags.Length)]] : null);
            var generation = _random.Next(5) == 0 ? standing.Generation + 1 : standing.Generation;
            var right = _model.TakesHead(key, generation, head, modelStamp);
            var isTaken = await ReplaceAsync(stamp);
            if (!isTaken && right && !_contract.StampsAreExact)
            {
                using var next = await store.ReadAsync(key, default);
                isTaken = await ReplaceAsync(next.Stamp);
            }

            if (ShouldBe(isTaken, right, modelStamp))
            {
                _model.ReplaceHead(key, generation, head);
            }

            await ShouldShowAsync(key);

            async Task<bool> ReplaceAsync(long since)
            {
                var answer = await store.ReplaceHeadAsync(key, generation, head, since, TimeSpan.FromHours(1), default);
                Note($"head of {key.Uri} {key.Scope} {standing.Variant} now {head.Variant} rank {head.Rank} [{string.Join(", ", head.Tags)}]: {answer}");
                return answer;
            }
        }

        private async Task HoldAsync()
        {
            var key = AnyKey;
            _held.Add(new Held(await Store.ReadAsync(key, default), _model.Of(key)));
            Note($"hold {key.Uri} {key.Scope}");
        }

        private async Task LetGoAsync()
        {
            if (_held.Count > 0)
            {
                var held = _held[_random.Next(_held.Count)];
                await CheckAsync(held);
                held.Snapshot.Dispose();
                _held.Remove(held);
            }
        }

        private async Task RemoveAsync()
        {
            if (_model.Standing.Count > 0)
            {
                var (key, standing) = _model.Standing[_random.Next(_model.Standing.Count)];
                Note($"remove {key.Uri} {key.Scope} {standing.Variant}");
                await Store.RemoveAsync(key, standing.Generation, default);
                _model.Remove(key, standing.Generation);
                await ShouldShowAsync(key);
            }
        }

        private async Task InvalidateAsync()
        {
            var uri = AnyKey.Uri;
            Note($"invalidate {uri}");
            await Store.InvalidateAsync(uri, default);
            _model.RemoveAll(isWide: false, (key, _) => key.Uri == uri);
        }

        private async Task RemoveByTagAsync()
        {
            var tag = HistoryTags[_random.Next(HistoryTags.Length)];
            Note($"remove all tagged {tag}");
            var removed = await ((IHttpCacheStoreMaintenance)Store).RemoveByTagAsync(tag, default);
            ShouldCount(removed, _model.RemoveAll(isWide: true, (_, head) => head.Tags.Contains(tag)));
        }

        private async Task RemoveByPrefixAsync()
        {
            var prefix = _contract.RemovesByAnyPrefix && _random.Next(2) == 0 ? "https://example.org/a" : _random.Next(2) == 0 ? "https://example.org/" : "https://other.example/";
            Note($"remove all of {prefix}");
            var removed = await ((IHttpCacheStoreMaintenance)Store).RemoveByPrefixAsync(prefix, default);
            ShouldCount(removed, _model.RemoveAll(isWide: true, (key, _) => key.Uri.StartsWith(prefix, StringComparison.Ordinal)));
        }

        private async Task ClearAsync()
        {
            Note("clear");
            await ((IHttpCacheStoreMaintenance)Store).ClearAsync(default);
            _model.RemoveAll(isWide: false, (_, _) => true);
        }

        private async Task ShouldShowAsync(CacheKey key)
        {
            using var snapshot = await Store.ReadAsync(key, default);
            snapshot.Responses.Select(StoredResponses.Describe).Should().BeEquivalentTo(_model.Of(key).Select(StoredResponses.Describe), "that is what stands under {0}", key);
            foreach (var response in snapshot.Responses)
            {
                await ShouldHaveItsBodyAsync(snapshot, response);
            }
        }

        private async Task CheckAsync(Held held)
        {
            held.Snapshot.Responses.Select(StoredResponses.Describe).Should().BeEquivalentTo(held.Heads.Select(StoredResponses.Describe));
            foreach (var response in _contract.KeepsSnapshotsReadable ? held.Snapshot.Responses : [])
            {
                await ShouldHaveItsBodyAsync(held.Snapshot, response);
            }
        }

        /// <summary>Compares an answer with the model's, as far as the store promises it. Returns the answer that counts.</summary>
        private bool ShouldBe(bool seen, bool right, long modelStamp)
        {
            var mayRefuse = (!_contract.RefusesOnlyWhatIsRemoved || !_contract.TellsTagsApart || !_contract.RemovesExactly) && _model.HadWideRemovalSince(modelStamp);
            var mayTake = !_contract.RefusesLateCommits || !_contract.RefusesLateHeads;
            if (!(right && !seen && mayRefuse) && !(seen && !right && mayTake))
            {
                seen.Should().Be(right, "so the model says");
            }

            return seen;
        }

        private void ShouldCount(long seen, int right)
        {
            if (_contract.CountsRemovals)
            {
                seen.Should().BeInRange(right, _contract.RemovesExactly ? right : long.MaxValue);
            }
        }

        private void Note(string step) => _log.AppendLine(CultureInfo.InvariantCulture, $"  {step}");

        private sealed record Held(HttpCacheSnapshot Snapshot, List<StoredResponse> Heads);

        private sealed record Writing(IHttpCacheStore Store, HttpCacheWriter Writer, CacheKey Key, StoredResponse Head, long Stamp, long ModelStamp, long? Replaces);
    }
}
