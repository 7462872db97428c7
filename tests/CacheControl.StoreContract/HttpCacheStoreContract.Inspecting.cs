using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>What tools see of the store and do to it, through <see cref="IHttpCache"/>.</content>
public abstract partial class HttpCacheStoreContract
{
    /// <summary>Every stored response is listed once, with its facts, and its body can be opened.</summary>
    [Fact]
    [Trait("Spec", "LOOK-1")]
    public async Task List_StoredResponses_AreListedWithTheirFactsAndBodies()
    {
        using var cache = new HttpCache(Store);
        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            await ShouldNameStoresThatListAsync(cache);
            return;
        }

        var plain = await PutAsync(Key("a"), StoredResponses.Get("https://example.org/a", tags: "red"));
        await PutAsync(Key("a", "secret tenant"), StoredResponses.Get("https://example.org/a", length: 7));
        await PutAsync(Key("b"), StoredResponses.Get("https://example.org/b"));

        var listed = await ListedAsync(cache, null);

        listed.Select(r => (r.Uri.AbsolutePath, r.BodyBytes)).Should().BeEquivalentTo([("/a", 100L), ("/a", 7L), ("/b", 100L)]);
        listed.Single(r => r.BodyBytes == 7).Partition.Should().NotBeNull().And.NotContain("tenant");
        var found = (await cache.FindAsync(new Uri("https://EXAMPLE.org:443/a#x"))).Single(r => r.Partition is null);
        found.Tags.Should().Equal("red");
        found.FreshnessLifetime.Should().Be(TimeSpan.FromSeconds(60));
        found.IsFresh.Should().BeFalse("the response is from the past");
        using var stream = await found.OpenBodyAsync();
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes);
        SelfDescribingBody.Matches(plain.BodyId, 100, 0, bytes.ToArray()).Should().BeTrue();
    }

    /// <summary>A preview changes nothing; the removal removes what the preview told, and nothing else.</summary>
    /// <param name="by">What the filter selects by.</param>
    [Theory]
    [Trait("Spec", "LOOK-2")]
    [InlineData("prefix")]
    [InlineData("tag")]
    [InlineData("uri")]
    [InlineData("condition")]
    [InlineData("all of it")]
    public async Task Remove_ByFilter_RemovesWhatThePreviewTold(string by)
    {
        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            return;
        }

        using var cache = new HttpCache(Store);
        await PutAsync(Key("a/1"), StoredResponses.Get("https://example.org/a/1", length: 7, tags: "red"));
        var stays = await PutAsync(Key("b"), StoredResponses.Get("https://example.org/b", tags: "blue"));
        var filter = by switch
        {
            "prefix" => new CachedResponseFilter { UriPrefix = "https://example.org/a/" },
            "tag" => new CachedResponseFilter { Tag = "red" },
            "uri" => new CachedResponseFilter { Uri = new Uri("https://example.org/a/1") },
            "condition" => new CachedResponseFilter { Where = r => r.BodyBytes == 7 },
            _ => new CachedResponseFilter { Origin = new Uri("https://example.org/x"), UriPrefix = "https://example.org/a", Tag = "red", Where = r => r.BodyBytes == 7 },
        };

        var preview = await cache.RemoveAsync(filter, preview: true);
        preview.Count.Should().Be(1);
        preview.First.Should().ContainSingle().Which.Uri.Should().Be(new Uri("https://example.org/a/1"));
        (await ListedAsync(cache, null)).Should().HaveCount(2, "a preview changes nothing");

        var removal = await cache.RemoveAsync(filter);
        if (CountsRemovals)
        {
            removal.Count.Should().Be(1);
        }

        await ShouldHoldAsync(Key("a/1"));
        await ShouldHoldAsync(Key("b"), stays);
        (await ListedAsync(cache, null)).Should().ContainSingle();
    }

    /// <summary>A response that is marked stale stays, with its body, and must be validated before its use.</summary>
    [Fact]
    [Trait("Spec", "LOOK-3")]
    public async Task MarkStale_Response_StaysAndMustBeValidated()
    {
        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            return;
        }

        using var cache = new HttpCache(Store);
        await PutAsync(Key("a"), StoredResponses.Get("https://example.org/a"));
        await PutAsync(Key("b"), StoredResponses.Get("https://example.org/b"));
        var filter = new CachedResponseFilter { Uri = new Uri("https://example.org/a") };

        (await cache.MarkStaleAsync(filter, preview: true)).Count.Should().Be(1);
        (await ListedAsync(cache, null)).Should().OnlyContain(r => !r.IsMarkedStale);
        (await cache.MarkStaleAsync(filter)).Count.Should().Be(1);

        (await ListedAsync(cache, null)).Should().ContainSingle(r => r.IsMarkedStale).Which.Uri.AbsolutePath.Should().Be("/a");
        using var snapshot = await Store.ReadAsync(Key("a"), default);
        snapshot.Responses.Should().ContainSingle().Which.IsMarkedStale.Should().BeTrue();
        await ShouldHaveItsBodyAsync(snapshot, snapshot.Responses[0]);
    }

    /// <summary>What a condition throws reaches the caller, and the store stays as it was.</summary>
    [Fact]
    [Trait("Spec", "LOOK-2")]
    public async Task Remove_ConditionThrows_ThrowsAndRemovesNothing()
    {
        if (!ListsResponses || Store is not IHttpCacheStoreMaintenance)
        {
            return;
        }

        using var cache = new HttpCache(Store);
        var stays = await PutAsync(Key("a"), StoredResponses.Get("https://example.org/a"));
        var filter = new CachedResponseFilter { Where = _ => throw new InvalidTimeZoneException() };

        await cache.Invoking(c => c.RemoveAsync(filter)).Should().ThrowAsync<InvalidTimeZoneException>();
        await cache.Invoking(c => c.MarkStaleAsync(filter)).Should().ThrowAsync<InvalidTimeZoneException>();
        await cache.Invoking(c => ListedAsync(c, filter)).Should().ThrowAsync<InvalidTimeZoneException>();

        await ShouldHoldAsync(Key("a"), stays);
    }

    private static async Task ShouldNameStoresThatListAsync(HttpCache cache) =>
        (await cache.Invoking(c => ListedAsync(c, null)).Should().ThrowAsync<NotSupportedException>()).WithMessage("*can't list*SQLite*");

    private static async Task<List<CachedResponse>> ListedAsync(HttpCache cache, CachedResponseFilter? filter)
    {
        var listed = new List<CachedResponse>();
        await foreach (var response in cache.ListAsync(filter))
        {
            listed.Add(response);
        }

        return listed;
    }

    /// <summary>The enumeration of one URI lists all its scopes and variants and no other URI.</summary>
    [Fact]
    public async Task Enumerate_OneUri_ListsItsScopesAndVariantsOnly()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !ListsResponses)
        {
            return;
        }

        var expected = new List<string>();
        foreach (var key in new[] { Key("a"), Key("a", "scope"), Key("a", string.Empty), Key("ab"), Key("A"), Key("b", "scope") })
        {
            foreach (var variant in new[] { "1", "2" })
            {
                var head = await PutAsync(key, StoredResponses.Get(key.Uri, variant: variant));
                if (key.Uri == Key("a").Uri)
                {
                    expected.Add(key + StoredResponses.Describe(head));
                }
            }
        }

        var listed = new List<string>();
        await foreach (var (key, head) in maintenance.EnumerateAsync(Key("a").Uri, default))
        {
            listed.Add(key + StoredResponses.Describe(head));
        }

        listed.Should().BeEquivalentTo(expected);
        await foreach (var pair in maintenance.EnumerateAsync(Key("none").Uri, default))
        {
            pair.Should().BeNull("nothing is stored there");
        }
    }

    /// <summary>The enumeration of a prefix lists the responses under it, in all scopes and variants, and no others; so do a listing and a preview.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="paths">The paths of the responses under it.</param>
    [Theory]
    [Trait("Spec", "LOOK-8")]
    [InlineData("https://example.org/a/", "a/1 a/1 a/1 a/2")]
    [InlineData("https://example.org/a", "a/1 a/1 a/1 a/2 a ab a%_")]
    [InlineData("https://example.org/a%_", "a%_")]
    [InlineData("https://example.org/a/1", "a/1 a/1 a/1")]
    [InlineData("https://example.org/none", "")]
    [InlineData("HTTPS://example.org/a/", "")]
    public async Task EnumerateByPrefix_ListsWhatBeginsWithIt(string prefix, string paths)
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !ListsResponses)
        {
            return;
        }

        foreach (var key in new[] { Key("a/1"), Key("a/1", "scope"), Key("a/2"), Key("a"), Key("ab"), Key("A/1"), Key("a%_"), Key("b", "scope") })
        {
            await PutAsync(key, StoredResponses.Get(key.Uri));
        }

        await PutAsync(Key("a/1"), StoredResponses.Get(Key("a/1").Uri, variant: "2"));
        using var cache = new HttpCache(Store);
        var expected = paths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(path => Key(path).Uri).ToArray();

        (await UrisAsync(maintenance.EnumerateByPrefixAsync(prefix, default))).Should().BeEquivalentTo(expected);
        (await ListedAsync(cache, new CachedResponseFilter { UriPrefix = prefix, Origin = new Uri("https://example.org") })).Should().HaveCount(expected.Length);
        (await cache.RemoveByPrefixAsync(prefix, preview: true)).Count.Should().Be(expected.Length);
    }

    /// <summary>The enumeration of a prefix with many responses lists each once.</summary>
    [Fact]
    [Trait("Spec", "LOOK-8")]
    public async Task EnumerateByPrefix_ManyResponses_ListsEachOnce()
    {
        if (Store is not IHttpCacheStoreMaintenance maintenance || !ListsResponses)
        {
            return;
        }

        List<string> expected = [];
        for (var i = 0; i < 700; i++)
        {
            var key = Key($"{(i % 2 == 0 ? "even" : "odd")}/{i}");
            await PutAsync(key, StoredResponses.Get(key.Uri, length: 1));
            if (i % 2 == 0)
            {
                expected.Add(key.Uri);
            }
        }

        (await UrisAsync(maintenance.EnumerateByPrefixAsync("https://example.org/even/", default))).Should().BeEquivalentTo(expected);
    }

    private static async Task<List<string>> UrisAsync(IAsyncEnumerable<ListedResponse> listed)
    {
        List<string> uris = [];
        await foreach (var response in listed)
        {
            uris.Add(response.Key.Uri);
        }

        return uris;
    }
}
