using HttpCaching.Control.Keys;
using HttpCaching.Policy;
using HttpCaching.Tests.Control;
using HttpCaching.Tests.Policy;

namespace HttpCaching.Tests.Issues;

/// <summary>Once the table of pauses, or the index of No-Vary-Search, was full, each further entry scanned or copied all of it.</summary>
[Trait("Spec", "SEC-10")]
public sealed class TablesThatAreFull
{
    [Fact]
    public void Set_FarMoreThanFit_StaysBoundedAndKeepsTheLatest()
    {
        var table = new BoundedTable<int, int>(100);
        for (var i = 0; i < 1000; i++)
        {
            table.Set(i, _ => i);
            table.Count.Should().BeLessThanOrEqualTo(100);
            table.TryGet(Math.Max(0, i - 49), out var value).Should().BeTrue();
            value.Should().Be(Math.Max(0, i - 49));
        }

        table.TryGet(0, out _).Should().BeFalse();
        table.Set(999, old => old + 1);
        table.TryGet(999, out var changed).Should().BeTrue();
        changed.Should().Be(1000);
        table.Remove(999, value => value == 5);
        table.TryGet(999, out _).Should().BeTrue();
        table.Remove(999, value => value == 1000);
        table.TryGet(999, out _).Should().BeFalse();
    }

    [Fact]
    public void Note_FullSearchIndex_CostsWhatAnEmptyOneDoes()
    {
        var rule = NoVarySearchRules.Parse(Given.Fields("No-Vary-Search: params=(\"a\")"), Given.Private with { NoVarySearch = true })!;
        var index = new EquivalentUris();
        void Note(int first) => Enumerable.Range(first, 2000).ToList().ForEach(i => index.Note(new CacheKey($"http://h/{i}", null), rule));
        var next = 6000;
        void NoteNext(int count)
        {
            for (var i = 0; i < count; i++)
            {
                index.Note(new CacheKey($"http://h/{next++}", null), rule);
            }
        }

        void NoteInEmpty()
        {
            index = new EquivalentUris();
            NoteNext(2000);
        }

        ThreadTime.Ratio(NoteInEmpty, () => NoteNext(6000)).Should().BeLessThan(10, "three times as many are noted, the last of them in a full table");
        index = new EquivalentUris();
        Note(6000);
        index.EquivalentsOf(new CacheKey("http://h/7999?a=1", null)).Should().Contain(new CacheKey("http://h/7999", null));
    }

    [Fact]
    public async Task Get_PausesBeyondTheBound_AskTheOriginAgain()
    {
        using var fixture = new CacheFixture(o => o.HonorRetryAfter = true);
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(503, null, ("Retry-After", "60"));
        await fixture.GetAsync("http://h/first");
        for (var i = 0; i < 10_001; i++)
        {
            await fixture.GetAsync($"http://h/{i}");
        }

        (await fixture.GetAsync("http://h/10000")).Cache.Generated.Should().BeTrue("it is paused");
        (await fixture.GetAsync("http://h/first")).Cache.Generated.Should().BeFalse("it was forgotten");
    }
}
