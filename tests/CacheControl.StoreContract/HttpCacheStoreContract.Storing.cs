using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Storing and reading back.</content>
public abstract partial class HttpCacheStoreContract
{
    /// <summary>A key without stored responses gives an empty snapshot.</summary>
    [Fact]
    public async Task Read_NothingStored_GivesEmptySnapshot()
    {
        using var snapshot = await Store.ReadAsync(Key("absent"), default);

        snapshot.Responses.IsDefault.Should().BeFalse();
        snapshot.Responses.Should().BeEmpty();
    }

    /// <summary>Every fact comes back as it was stored.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_ElaborateHead_ComesBackFactByFact()
    {
        var head = StoredResponses.Elaborate();

        await PutAsync(Key(), head);

        await ShouldHoldAsync(Key(), head);
    }

    /// <summary>Absent facts stay absent.</summary>
    [Fact]
    public async Task Commit_SparseHead_ComesBackFactByFact()
    {
        var head = new StoredResponse
        {
            Method = "HEAD",
            TargetUri = "https://example.org/",
            StatusCode = 204,
            HttpVersion = new Version(1, 0),
            Fields = default,
            Times = new ExchangeTimes(StoredResponses.Epoch, StoredResponses.Epoch),
            BodyLength = 0,
            Part = new PartRange(0, -1),
            Variant = string.Empty,
            Rank = 0,
            Generation = 0,
            BodyId = 0,
        };

        await PutAsync(Key(), head);

        await ShouldHoldAsync(Key(), head);
    }

    /// <summary>Bodies of all sizes come back byte for byte, also around the sizes at which stores change their format.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4097)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(200_000)]
    public async Task Commit_BodyOfSize_ComesBackByteForByte(int length)
    {
        if (length + 10_000 > EntryLimitBytes)
        {
            return;
        }

        foreach (var expected in new long?[] { length, null })
        {
            var head = StoredResponses.Get(length: length);
            using var writer = await Store.BeginWriteAsync(Key(), expected, default);
            (await WriteAsync(writer!, SelfDescribingBody.Create(head.BodyId, length), pieceBytes: 50_000)).Should().BeTrue();
            (await writer!.CommitAsync(Commit(head, await StampOfAsync(Key())), default)).Should().BeTrue();

            await ShouldHoldAsync(Key(), head);
        }
    }

    /// <summary>The declared length is a hint: the written bytes count. If the head's length differs from them, the response is not stored.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    [Trait("Spec", "CON-8")]
    public async Task Commit_DeclaredLengthWrong_NeverShowsWrongBody(int declared)
    {
        var head = StoredResponses.Get(length: 100);
        using var writer = await Store.BeginWriteAsync(Key(), declared, default);
        var stored = await WriteAsync(writer!, SelfDescribingBody.Create(head.BodyId, 100))
            && await writer!.CommitAsync(Commit(head, await StampOfAsync(Key())), default);

        await ShouldHoldAsync(Key(), stored ? [head] : []);
    }

    /// <summary>A head with another body length than the written one is refused, by an answer or an exception.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Commit_HeadOfOtherLength_StoresNothing()
    {
        var head = StoredResponses.Get(length: 100);
        using (var writer = await Store.BeginWriteAsync(Key(), null, default))
        {
            await writer!.WriteAsync(SelfDescribingBody.Create(head.BodyId, 100).AsMemory(0, 99), default);
            try
            {
                (await writer.CommitAsync(Commit(head, await StampOfAsync(Key())), default)).Should().BeFalse();
            }
            catch (ArgumentException)
            {
            }
        }

        await ShouldHoldAsync(Key());
    }

    /// <summary>Nothing is visible before the commit.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task Write_NotCommitted_IsInvisible()
    {
        var head = StoredResponses.Get();
        using var writer = await Store.BeginWriteAsync(Key(), head.BodyLength, default);
        await ShouldHoldAsync(Key());
        await WriteAsync(writer!, SelfDescribingBody.Create(head.BodyId, head.BodyLength));
        await ShouldHoldAsync(Key());

        (await writer!.CommitAsync(Commit(head, await StampOfAsync(Key())), default)).Should().BeTrue();

        await ShouldHoldAsync(Key(), head);
    }

    /// <summary>An abandoned write leaves the earlier response, and nothing of its own.</summary>
    [Fact]
    public async Task Write_Abandoned_LeavesNothing()
    {
        var standing = await PutAsync(Key(), StoredResponses.Get());
        foreach (var key in new[] { Key(), Key("other") })
        {
            using var writer = await Store.BeginWriteAsync(key, null, default);
            await writer!.WriteAsync(new byte[50], default);
        }

        await ShouldHoldAsync(Key(), standing);
        await ShouldHoldAsync(Key("other"));
    }

    /// <summary>Disposing a writer after its commit undoes nothing.</summary>
    [Fact]
    public async Task Write_DisposedTwiceAfterCommit_StaysStored()
    {
        var head = StoredResponses.Get(length: 0);
        var writer = await Store.BeginWriteAsync(Key(), 0, default);
        (await writer!.CommitAsync(Commit(head, await StampOfAsync(Key())), default)).Should().BeTrue();

        writer.Dispose();
        writer.Dispose();

        await ShouldHoldAsync(Key(), head);
    }

    /// <summary>Keys differ by letter case and by scope; a scope is not confused with part of the URI.</summary>
    [Fact]
    public async Task Read_SimilarKeys_AreKeptApart()
    {
        CacheKey[] keys = [Key("a"), Key("A"), Key("a", "s"), Key("as"), Key("a", string.Empty), Key("a", "S"), Key("a\u00E9", "s"), Key("a", "\u00E9s")];
        var heads = new List<StoredResponse>();
        foreach (var key in keys)
        {
            heads.Add(await PutAsync(key, StoredResponses.Get(key.Uri)));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            await ShouldHoldAsync(keys[i], heads[i]);
        }
    }

    /// <summary>A response that is declared too large is refused immediately, or at the latest when it is too large.</summary>
    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_DeclaredAboveLimit_IsRefused()
    {
        if (EntryLimitBytes is not { } limit)
        {
            return;
        }

        using var writer = await Store.BeginWriteAsync(Key(), limit + 1, default);

        writer.Should().BeNull();
    }

    /// <summary>A response that grows too large is refused during the write, and nothing of it stays.</summary>
    [Fact]
    [Trait("Spec", "SRE-6")]
    public async Task Write_GrowsAboveLimit_IsRefusedAndLeavesNothing()
    {
        if (EntryLimitBytes is not { } limit)
        {
            return;
        }

        var head = StoredResponses.Get(length: limit + 1);
        using (var writer = await Store.BeginWriteAsync(Key(), null, default))
        {
            (await WriteAsync(writer!, SelfDescribingBody.Create(head.BodyId, head.BodyLength), pieceBytes: 10_000)).Should().BeFalse();
        }

        await ShouldHoldAsync(Key());
    }
}
