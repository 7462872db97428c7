using System.Globalization;
using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Keys;
using HttpCaching.Redis.Records;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis.Changes;

/// <summary>
/// Makes all changes. Each change of a URI is one script, which also tells other processes of it. Each wide removal
/// is noted in all buckets.
/// </summary>
internal sealed class StoreChanges(RedisEngine engine, StoreKeys keys, RedisStoreSettings settings, BucketEpochs epochs, ChangeNotices notices)
{
    private static readonly string NoBodyKey = new('0', 32);

    private readonly RedisValue _exchange = Milliseconds(settings.MaximumExchange);

    /// <summary>Gives a URI a stamp, if it has none, so that a response requested now can be refused later. Drops responses of a scope from before an invalidation.</summary>
    public async ValueTask<Lease> LeaseAsync(EntryPlace place)
    {
        RedisKey[] names = place.Scoped is { } scoped
            ? [place.Root, keys.EpochOf(place.Bucket), scoped]
            : [place.Root, keys.EpochOf(place.Bucket)];
        var answer = await EvaluateAsync(StoreScripts.Lease, names, [Hex(Draw()), Hex(Draw()), _exchange]).ConfigureAwait(false);
        var stamp = ReadHex(answer[1]);
        var epoch = epochs.Note(place.Bucket, ReadHex(answer[2]), (long)answer[4]);
        await ForsakeAsync(place, answer[3]).ConfigureAwait(false);
        return new Lease(stamp, BucketEpochs.Join(stamp, epoch));
    }

    /// <summary>Makes a response visible.</summary>
    /// <param name="place">The location on the engine.</param>
    /// <param name="key">The key.</param>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="head">The head in bytes.</param>
    /// <param name="body">The body.</param>
    public async ValueTask<ScriptResult> CommitAsync(EntryPlace place, CacheKey key, StoreCommit commit, ReadOnlyMemory<byte> head, WrittenBody body)
    {
        var epoch = epochs[place.Bucket]?.Epoch ?? 0;
        var (names, cells) = Names(place, key, commit.Head, body.IsChunked ? StoreKeys.BodyOf(place.Root, body.Key!) : (RedisKey?)null);
        var message = await NextAsync(place, key.Uri).ConfigureAwait(false);
        RedisValue[] values =
        [
            Hex(BucketEpochs.StampOf(commit.Stamp, epoch))[^BucketEpochs.StampDigits..], Hex(epoch),
            KeyHash.NameOf(commit.Head.Variant), Hex(commit.Head.Generation), Rank(commit.Head.Rank),
            commit.Replaces is { } replaced ? Hex(replaced) : string.Empty, body.Key ?? NoBodyKey,
            Retention(commit.Retention), head, body.Inline, body.ChunkBytes, body.Chunks, Hex(commit.Head.BodyId), key.Uri,
            settings.MaximumVariants, Record.MostBytes - 1, _exchange, notices.Channel, Text(message), Member(place),
            place.Scoped is null ? 0 : 1, Hex(Draw()), BucketEpochs.NumberOf(commit.Stamp), BucketEpochs.NumberRange, .. cells,
        ];
        var answer = await ChangeAsync(StoreScripts.Commit, names, values, message).ConfigureAwait(false);
        var result = (ScriptResult)(int)answer[0];
        if (result == ScriptResult.EpochChanged)
        {
            epochs.Note(place.Bucket, ReadHex(answer[1]), (long)answer[2]);
        }
        else if (result == ScriptResult.Done)
        {
            await ForsakeAsync(place, answer[1]).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Replaces the head of a body.</summary>
    public async ValueTask<ScriptResult> ReplaceHeadAsync(
        EntryPlace place, CacheKey key, long generation, StoredResponse head, ReadOnlyMemory<byte> bytes, long stamp, TimeSpan retention)
    {
        var epoch = epochs[place.Bucket]?.Epoch ?? 0;
        var (names, cells) = Names(place, key, head, null);
        var message = await NextAsync(place, key.Uri).ConfigureAwait(false);
        RedisValue[] values =
        [
            Hex(generation), KeyHash.NameOf(head.Variant), Hex(head.Generation), Rank(head.Rank), Hex(head.BodyId), Retention(retention), bytes,
            Record.MostBytes - 1, _exchange, notices.Channel, Text(message), Member(place), place.Scoped is null ? 0 : 1,
            Hex(BucketEpochs.StampOf(stamp, epoch))[^BucketEpochs.StampDigits..], Hex(epoch), Hex(Draw()), BucketEpochs.NumberOf(stamp), BucketEpochs.NumberRange, .. cells,
        ];
        var answer = await ChangeAsync(StoreScripts.ReplaceHead, names, values, message).ConfigureAwait(false);
        var result = (ScriptResult)(int)answer[0];
        if (result == ScriptResult.EpochChanged)
        {
            epochs.Note(place.Bucket, ReadHex(answer[1]), (long)answer[2]);
        }
        else if (result == ScriptResult.Done)
        {
            var bodyKey = (string)answer[2]!;
            if (bodyKey != NoBodyKey)
            {
                // Chunks outlast heads. If this call fails, the head outlives its chunks, and is a miss then.
                var lifetime = Capped(retention) + (2 * settings.MaximumExchange);
                await ProlongAsync(StoreKeys.BodyOf(place.Root, bodyKey), lifetime).ConfigureAwait(false);
            }

            await ForsakeAsync(place, answer[1]).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Removes responses of one record.</summary>
    /// <param name="place">The location on the engine.</param>
    /// <param name="uri">The URI for the message; <see langword="null"/> for a part of a wide removal, which has one message.</param>
    /// <param name="by">The way to choose them.</param>
    /// <param name="which">Their generations or bodies; empty for all.</param>
    /// <returns>The number of removed responses.</returns>
    public async ValueTask<long> RemoveAsync(EntryPlace place, string? uri, RemovedBy by, IEnumerable<long> which)
    {
        RedisKey[] names = place.Scoped is { } scoped ? [place.Root, scoped] : [place.Root];
        var message = uri is null ? null : await NextAsync(place, uri).ConfigureAwait(false);
        RedisValue[] values =
        [
            message is null ? RedisValue.EmptyString : notices.Channel, Text(message), _exchange,
            by switch { RemovedBy.Generation => "generation", RemovedBy.Body => "body", _ => "all" },
            .. which.Select(w => (RedisValue)Hex(w)),
        ];
        var answer = await ChangeAsync(StoreScripts.Remove, names, values, message).ConfigureAwait(false);
        await ForsakeAsync(place, answer[1]).ConfigureAwait(false);
        return (long)answer[2];
    }

    /// <summary>Removes all responses of a URI.</summary>
    public async ValueTask InvalidateAsync(string uri)
    {
        var place = keys.PlaceOf(new CacheKey(uri));
        ChangeMessage? message;
        try
        {
            message = await NextAsync(place, uri).ConfigureAwait(false);
        }
        catch (StorePartUnavailableException)
        {
            // First tiers need not serve their copies until its server is back.
            if (notices.Next(ChangeKind.Uri, uri) is { } told)
            {
                notices.Publish(told);
            }

            throw;
        }

        var answer = await ChangeAsync(
            StoreScripts.Invalidate, [place.Root], [notices.Channel, Text(message), _exchange, Hex(Draw())], message).ConfigureAwait(false);
        await ForsakeAsync(place, answer[1]).ConfigureAwait(false);
    }

    /// <summary>Refuses all commits of a bucket whose snapshots were read before.</summary>
    public async ValueTask BeginEpochAsync(int bucket)
    {
        var epoch = Draw();
        var answer = await EvaluateAsync(StoreScripts.BeginEpoch, [keys.EpochOf(bucket)], [Hex(epoch)]).ConfigureAwait(false);
        if ((string?)answer[1] is { Length: > 0 } number)
        {
            epochs.Note(bucket, epoch, long.Parse(number, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Refuses all commits of a bucket and an origin whose snapshots were read before.</summary>
    public async ValueTask ForbidOriginAsync(int bucket, TagCells origin)
    {
        var answer = await EvaluateAsync(StoreScripts.ForbidOrigin, [keys.EpochOf(bucket)], [Hex(Draw()), origin.First, origin.Second]).ConfigureAwait(false);
        if (ReadHex(answer[1]) is not 0 and var epoch)
        {
            epochs.Note(bucket, epoch, (long)answer[2]);
        }
    }

    /// <summary>Refuses all commits of a bucket with a tag whose snapshots were read before.</summary>
    /// <returns>The names of the bucket's responses with the tag. <see cref="StoreKeys.Unknown"/> is among them if there may be more.</returns>
    public async ValueTask<string[]> RemoveTagAsync(int bucket, string tagName)
    {
        var cells = TagCells.Of(tagName);
        var answer = await EvaluateAsync(
            StoreScripts.RemoveTag, [keys.EpochOf(bucket), keys.TagOf(bucket, tagName)], [Hex(Draw()), cells.First, cells.Second]).ConfigureAwait(false);
        if (ReadHex(answer[2]) is not 0 and var epoch)
        {
            epochs.Note(bucket, epoch, (long)answer[3]);
        }

        return (string[])answer[1]!;
    }

    /// <summary>Tells others of a wide removal that has ended, successfully or not.</summary>
    public void TellRemovedEverywhere()
    {
        if (notices.Next(ChangeKind.All) is { } message)
        {
            notices.Publish(message);
        }
    }

    /// <summary>Removes a key without a valid value: it is damaged, or foreign.</summary>
    public async ValueTask DiscardAsync(RedisKey key) =>
        await engine.RunAsync(
            key,
            key,
            static (database, name, flags) => database.KeyDeleteAsync(name, flags),
            static (database, name, flags) => database.KeyDelete(name, flags)).ConfigureAwait(false);

    /// <summary>Leaves a body to its current readers.</summary>
    public ValueTask ForsakeAsync(RedisKey body) => ExpireAsync(body, settings.Grace, ExpireWhen.LessThanCurrentExpiry);

    /// <summary>Extends the lifetime of a key to at least this.</summary>
    public ValueTask ProlongAsync(RedisKey key, TimeSpan lifetime) => ExpireAsync(key, lifetime, ExpireWhen.GreaterThanCurrentExpiry);

    private async ValueTask ExpireAsync(RedisKey key, TimeSpan lifetime, ExpireWhen when)
    {
        const CommandFlags Told = CommandFlags.DemandMaster | CommandFlags.FireAndForget;
        var database = await engine.DatabaseAsync().ConfigureAwait(false);
        if (StoreWait.IsBlocking)
        {
            database.KeyExpire(key, lifetime, when, Told);
        }
        else
        {
            await database.KeyExpireAsync(key, lifetime, when, Told).ConfigureAwait(false);
        }
    }

    private static ulong Draw() => unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue)) | 1;

    private static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);

    private static string Hex(long value) => value.ToString("x16", CultureInfo.InvariantCulture);

    private static ulong ReadHex(RedisResult value) =>
        ulong.TryParse((string?)value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // As texts of equal length, numbers from 0 on compare like numbers.
    private static string Rank(long rank) => (unchecked((ulong)rank) ^ (1UL << 63)).ToString("d20", CultureInfo.InvariantCulture);

    private static RedisValue Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static RedisValue Text(ChangeMessage? message) => message?.ToString() ?? string.Empty;

    private TimeSpan Capped(TimeSpan retention) =>
        TimeSpan.FromTicks(Math.Clamp(retention.Ticks, TimeSpan.TicksPerMillisecond, settings.MaximumRetention.Ticks));

    private RedisValue Retention(TimeSpan retention) => Milliseconds(Capped(retention));

    private string Member(EntryPlace place) => (place.Scoped ?? place.Root)[keys.MemberStart..];

    private (RedisKey[] Names, IEnumerable<RedisValue> Cells) Names(EntryPlace place, CacheKey key, StoredResponse head, RedisKey? body)
    {
        List<RedisKey> names = [place.Root, keys.EpochOf(place.Bucket)];
        if (place.Scoped is { } scoped)
        {
            names.Add(scoped);
        }

        if (body is { } bodyKey)
        {
            names.Add(bodyKey);
        }

        string[] tags = head.Tags.Count == 0 ? [] : [.. head.Tags.Distinct(StringComparer.Ordinal).Select(KeyHash.NameOf)];
        names.AddRange(tags.Select(tag => keys.TagOf(place.Bucket, tag)));
        if (place.Scoped is not null)
        {
            // The scripts keep it like the set of a tag.
            names.Add(keys.ScopesOf(place));
        }

        var cells = tags.Select(TagCells.Of);
        if (TagCells.OfOrigin(key.Uri) is { } origin)
        {
            cells = cells.Append(origin);
        }

        return ([.. names], cells.SelectMany(each => new RedisValue[] { each.First, each.Second }));
    }

    private async ValueTask<RedisResult[]> EvaluateAsync(Script script, RedisKey[] names, RedisValue[] values) =>
        (RedisResult[])(await engine.EvaluateAsync(script, names, values).ConfigureAwait(false))!;

    private async ValueTask<RedisResult[]> ChangeAsync(Script script, RedisKey[] names, RedisValue[] values, ChangeMessage? message)
    {
        RedisResult[] answer;
        try
        {
            answer = await EvaluateAsync(script, names, values).ConfigureAwait(false);
        }
        catch (Exception) when (message is not null)
        {
            // It is unknown whether the script ran. A message too many is allowed; but a missing number would make every process read everything again.
            notices.Publish(message.Value);
            throw;
        }

        if (message is { } unused && (ScriptResult)(int)answer[0] != ScriptResult.Done)
        {
            notices.Publish(unused with { Kind = ChangeKind.Nothing });
        }

        return answer;
    }

    /// <summary>The next message, if the server that must send it can be asked: a call that is not made leaves no gap in the numbers.</summary>
    private async ValueTask<ChangeMessage?> NextAsync(EntryPlace place, string uri)
    {
        engine.Demand(await engine.DatabaseAsync().ConfigureAwait(false), place.Root);
        return notices.Next(ChangeKind.Uri, uri);
    }

    private async ValueTask ForsakeAsync(EntryPlace place, RedisResult bodies)
    {
        foreach (var body in (string[])bodies!)
        {
            await ForsakeAsync(StoreKeys.BodyOf(place.Root, body)).ConfigureAwait(false);
        }
    }
}
