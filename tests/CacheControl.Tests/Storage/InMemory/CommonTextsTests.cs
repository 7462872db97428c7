using System.Globalization;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage.InMemory;

/// <summary>Stored responses in memory share equal texts of their fields, and nothing else of each other.</summary>
public sealed class CommonTextsTests : IDisposable
{
    private readonly MemoryHttpCacheStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task EqualTexts_OfTwoResponses_AreOneObject()
    {
        await Put("a", [New("X-Part", "one and the same"), New("ETag", "\"a\"")]);
        await Put("b", [New("X-Part", "one and the same"), New("ETag", "\"b\"")]);

        var (first, second) = (await FieldsOf("a"), await FieldsOf("b"));
        second[0].Name.Should().BeSameAs(first[0].Name);
        second[0].Value.Should().BeSameAs(first[0].Value);
        second[1].Should().Be(new FieldLine("ETag", "\"b\""));
        first[1].Should().Be(new FieldLine("ETag", "\"a\""), "the later response has a tag of the same length");
    }

    [Fact]
    public async Task EqualTexts_OfARefreshedHead_AreThoseOfTheOldOne()
    {
        var old = await Put("a", [New("X-Part", "one and the same")]);
        var refreshed = StoredResponses.Refresh(old).WithFields(new HttpFields([New("X-Part", "one and the same")]));
        (await _store.ReplaceHeadAsync(Key("a"), old.Generation, refreshed, await StampOf("a"), TimeSpan.Zero, default)).Should().BeTrue();

        (await FieldsOf("a"))[0].Value.Should().BeSameAs(old.Fields[0].Value);
    }

    [Theory]
    [InlineData("Set-Cookie", 10)]
    [InlineData("X-Part", 1025)]
    public async Task CookiesAndLongValues_AreNotRemembered(string name, int length)
    {
        await Put("a", [New(name, new string('v', length))]);
        await Put("b", [New(name, new string('v', length))]);

        (await FieldsOf("b"))[0].Value.Should().NotBeSameAs((await FieldsOf("a"))[0].Value).And.HaveLength(length);
    }

    [Fact]
    public async Task ClearedStore_HasForgottenTheTexts()
    {
        var before = await Put("a", [New("X-Part", "one and the same")]);
        await _store.ClearAsync(default);
        await Put("a", [New("X-Part", "one and the same")]);

        (await FieldsOf("a"))[0].Value.Should().NotBeSameAs(before.Fields[0].Value);
    }

    [Fact]
    public async Task ManyWriters_OfLinesForOnePlace_KeepTheirOwnTexts()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{writer}/{i % 50}");
                FieldLine[] lines = [New("X-" + (char)('A' + (i % 3)) + "-End", $"{i % 7}"), New("X-Part", $"{writer}"), New("x-part", $"{i % 10}")];
                await Put(key, [.. lines.Select(line => New(line.Name, line.Value))]);
                using var snapshot = await _store.ReadAsync(Key(key), default);
                snapshot.Responses[0].Fields.ToArray().Should().Equal(lines);
            }
        })));
    }

    private static CacheKey Key(string path) => new("https://example.org/" + path, null);

    /// <summary>A line whose texts no other has.</summary>
    private static FieldLine New(string name, string value) => new(new string(name.AsSpan()), new string(value.AsSpan()));

    private async Task<StoredResponse> Put(string path, FieldLine[] lines)
    {
        var head = StoredResponses.Get(length: 1).WithFields(new HttpFields(lines));
        using var writer = await _store.BeginWriteAsync(Key(path), 1, default);
        await writer!.WriteAsync(new byte[1], default);
        (await writer.CommitAsync(new StoreCommit { Head = head, Stamp = await StampOf(path), Retention = TimeSpan.FromMinutes(1) }, default)).Should().BeTrue();
        return head;
    }

    private async Task<long> StampOf(string path)
    {
        using var snapshot = await _store.ReadAsync(Key(path), default);
        return snapshot.Stamp;
    }

    private async Task<HttpFields> FieldsOf(string path)
    {
        using var snapshot = await _store.ReadAsync(Key(path), default);
        return snapshot.Responses[0].Fields;
    }
}
