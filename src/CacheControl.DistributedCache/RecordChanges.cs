using System.Buffers;
using HttpCaching.DistributedCache.Engines;

namespace HttpCaching.DistributedCache;

/// <summary>
/// Changes the stored responses of a key. Each change reads the record and writes another one. Within the process, changes of one URI wait for each other, so generations and
/// ranks are compared and swapped. Between processes the later record wins as a whole. It can't bring back an invalidated response, because its mark would be
/// old. It can't mix heads and bodies, because it holds both, or the name of the body's chunks, which never change.
/// </summary>
internal sealed class RecordChanges(
    Engine engine, Epochs epochs, KeyNames names, ChunkWriter chunks, BodyRemover remover, DistributedStoreSettings settings)
{
    // Beyond this a record would be slow to rewrite. Further bodies go to chunks, however small they are.
    private const int RecordBytes = 512 * 1024;

    // Beyond this the heads alone would be slow to rewrite; the oldest are dropped.
    private const int MostRecordBytes = 4 * 1024 * 1024;

    // The likely value at a record's name is one small response.
    private const int LikelyBytes = 16 * 1024;

    private readonly StripedLocks _locks = new(settings);
    private readonly DecodedHeads _heads = new();

    /// <summary>Reads the record of a key; null if there is none. A damaged one is removed. The value belongs to the caller, who releases it.</summary>
    public async ValueTask<(Record? Record, EngineValue? Value)> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var name = names.OfRecord(key);
        EngineValue? value;
        try
        {
            value = await engine.GetAsync(name, LikelyBytes, RecordFormat.MostBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ValueTooLongException)
        {
            await engine.RemoveAsync(name, cancellationToken).ConfigureAwait(false);
            return (null, null);
        }

        if (value is null)
        {
            return (null, null);
        }

        if (RecordFormat.Read(value.Memory, key, _heads) is { } record)
        {
            return (record, value);
        }

        // If another node has just put a good one there, that one is a miss.
        value.Release();
        await engine.RemoveAsync(name, cancellationToken).ConfigureAwait(false);
        return (null, null);
    }

    /// <summary>The valid parts of a record: those written under the current epochs.</summary>
    public async ValueTask<List<RecordPart>> CurrentAsync(Record? record, long mark, bool remembered, CancellationToken cancellationToken)
    {
        List<RecordPart> parts = [];
        if (record is null || record.Mark != mark)
        {
            return parts;
        }

        foreach (var part in record.Parts)
        {
            if (part.Head.Tags.Count == 0
                || await epochs.OfTagsAsync(part.Head.Tags, remembered, cancellationToken).ConfigureAwait(false) == part.TagMark)
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    /// <summary>Makes a response visible, unless a removal or a newer response forbids it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="commit">The head and the conditions.</param>
    /// <param name="inline">The body, if it is small.</param>
    /// <param name="place">The location of the body otherwise.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> CommitAsync(
        CacheKey key, StoreCommit commit, ReadOnlyMemory<byte> inline, ChunkedPlace? place, CancellationToken cancellationToken)
    {
        var head = commit.Head;
        var bytes = Encode(key, head);
        if (bytes.Length > MostRecordBytes / 2 || bytes.Length + head.BodyLength > settings.MaximumEntryBytes || head.Tags.Count > Epochs.MostTags)
        {
            return false;
        }

        using var held = await _locks.EnterAsync(key.Uri, cancellationToken).ConfigureAwait(false);

        // The tags first, see Epochs.
        var tagMark = await epochs.OfTagsAsync(head.Tags, remembered: false, cancellationToken).ConfigureAwait(false);
        var standing = await ReadForChangeAsync(key, cancellationToken).ConfigureAwait(false);
        if (!standing.State.Admits(commit.Stamp, head.Tags.Count > 0))
        {
            standing.Value?.Release();
            return false;
        }

        var same = standing.Parts.Find(p => p.Head.Variant == head.Variant);
        if (commit.YieldsTo(same?.Head))
        {
            standing.Value?.Release();
            return false;
        }

        standing.Parts.RemoveAll(p => p == same);
        var until = UntilOf(commit.Retention, place);
        if (place is null && !inline.IsEmpty && RecordFormat.LengthOf(standing.Parts, 0) + bytes.Length + inline.Length > Math.Max(RecordBytes, 2 * settings.InlineBytes))
        {
            place = new ChunkedPlace(BodyName.Create(), 1, settings.ChunkBytes, until);
            await chunks.WriteAsync(place.Value.Name, 0, inline, until, cancellationToken).ConfigureAwait(false);
            inline = default;
        }

        standing.Parts.Insert(0, new RecordPart(head, bytes, inline, place, until, tagMark));
        await PutAsync(key, standing, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Replaces the head of a body.</summary>
    public async ValueTask<bool> ReplaceHeadAsync(
        CacheKey key, long generation, StoredResponse head, long stamp, TimeSpan retention, CancellationToken cancellationToken)
    {
        var bytes = Encode(key, head);
        using var held = await _locks.EnterAsync(key.Uri, cancellationToken).ConfigureAwait(false);
        var tagMark = head.Tags.Count > Epochs.MostTags ? 0
            : await epochs.OfTagsAsync(head.Tags, remembered: false, cancellationToken).ConfigureAwait(false);
        var standing = await ReadForChangeAsync(key, cancellationToken).ConfigureAwait(false);
        var part = standing.Parts.Find(p => p.Head.Generation == generation);
        var belongs = part is not null && head.MayTakePlaceOf(part.Head);

        // A head that moves to another variant meets the stored response there, as a commit does.
        var displaced = standing.Parts.Find(p => p != part && p.Head.Variant == head.Variant);
        if (!belongs || !standing.State.Admits(stamp, head.Tags.Count > 0) || head.YieldsTo(displaced?.Head) || bytes.Length > MostRecordBytes / 2
            || bytes.Length + head.BodyLength > settings.MaximumEntryBytes || head.Tags.Count > Epochs.MostTags)
        {
            standing.Value?.Release();
            return part is null || belongs
                ? false
                : throw new ArgumentException("The head belongs to another body than the stored one.", nameof(head));
        }

        standing.Parts.RemoveAll(p => p == part || p == displaced);
        standing.Parts.Insert(0, part! with { Head = head, HeadBytes = bytes, Until = UntilOf(retention, part.Chunks), TagMark = tagMark });
        await PutAsync(key, standing, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Removes the responses of a key that match.</summary>
    public async ValueTask RemoveWhereAsync(CacheKey key, Predicate<RecordPart> matches, CancellationToken cancellationToken)
    {
        using var held = await _locks.EnterAsync(key.Uri, cancellationToken).ConfigureAwait(false);
        var standing = await ReadForChangeAsync(key, cancellationToken).ConfigureAwait(false);
        if (standing.Parts.RemoveAll(matches) > 0)
        {
            await PutAsync(key, standing, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            standing.Value?.Release();
        }
    }

    /// <summary>Removes all responses of a URI, in all scopes, and refuses late commits.</summary>
    public async ValueTask InvalidateAsync(string uri, CancellationToken cancellationToken)
    {
        using var held = await _locks.EnterAsync(uri, cancellationToken).ConfigureAwait(false);
        await epochs.RenewUriAsync(uri, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The end of a response's retention: never before now, and never after the end of its chunks.</summary>
    public long UntilOf(TimeSpan retention, ChunkedPlace? place)
    {
        var bounded = retention < TimeSpan.Zero ? TimeSpan.Zero : retention > settings.MaximumRetention ? settings.MaximumRetention : retention;
        return Math.Min(settings.NowTicks + bounded.Ticks, place?.Until ?? long.MaxValue);
    }

    private static byte[] Encode(CacheKey key, StoredResponse head)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StoredHeadFormat.Write(buffer, key, head);
        return buffer.WrittenSpan.ToArray();
    }

    private async ValueTask<Standing> ReadForChangeAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var state = epochs.ReadNowAsync(key, cancellationToken).AsTask();
        var reading = ReadAsync(key, cancellationToken).AsTask();
        await Task.WhenAll(state, reading).ConfigureAwait(false);
        var current = await state.ConfigureAwait(false);
        var (record, value) = await reading.ConfigureAwait(false);
        return new Standing(
            record, value, current, await CurrentAsync(record, current.Mark, remembered: false, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Writes the record with these parts. Its bodies are still those of the value that was read, which is released after that.</summary>
    private async ValueTask PutAsync(CacheKey key, Standing standing, CancellationToken cancellationToken)
    {
        var now = settings.NowTicks;
        var parts = standing.Parts;
        while (parts.Count > settings.MaximumVariants || (parts.Count > 1 && RecordFormat.LengthOf(parts, RecordFormat.MostRetired) > MostRecordBytes))
        {
            parts.RemoveAt(parts.Count - 1);
        }

        var retired = RetiredBy(standing, now);
        var due = retired.FindAll(r => now - r.Since >= settings.Grace.Ticks);
        retired.RemoveAll(r => now - r.Since >= settings.Grace.Ticks);
        retired.RemoveRange(0, Math.Max(0, retired.Count - RecordFormat.MostRetired));
        var name = names.OfRecord(key);
        if (parts.Count == 0 && retired.Count == 0)
        {
            await engine.RemoveAsync(name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // A record without responses remembers the bodies that the next change must remove.
            var until = parts.Count == 0 ? now + settings.LargeBodyRetention.Ticks : parts.Max(p => p.Until);
            var retention = TimeSpan.FromTicks(Math.Clamp(until - now, 0, settings.MaximumRetention.Ticks));
            var record = new Record(standing.State.Mark, parts, retired);
            await engine.SetAsync(name, RecordFormat.Write(record), retention, slides: false, cancellationToken).ConfigureAwait(false);
        }

        standing.Value?.Release();
        due.ForEach(r => remover.Add(r.Name, r.Count));
    }

    /// <summary>The bodies in chunks that the record named and that no part has any more, oldest first.</summary>
    private static List<RetiredBody> RetiredBy(Standing standing, long now)
    {
        List<RetiredBody> retired = [.. standing.Record?.Retired ?? []];
        foreach (var part in standing.Record?.Parts ?? [])
        {
            if (part.Chunks is { } place && !standing.Parts.Exists(p => p.Chunks?.Name == place.Name))
            {
                retired.Add(new RetiredBody(place.Name, place.Count, now));
            }
        }

        return retired;
    }

    /// <summary>The state before a change.</summary>
    private sealed record Standing(Record? Record, EngineValue? Value, EpochState State, List<RecordPart> Parts);
}
