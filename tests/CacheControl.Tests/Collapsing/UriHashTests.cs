using HttpCaching.Control.Flights;

namespace HttpCaching.Tests.Collapsing;

/// <summary>Hash codes of URIs: alike for alike ones, and spread.</summary>
public sealed class UriHashTests
{
    private const string Text = "https://api.example.com/v1/catalogue/products/00000000/detail?lang=en";

    [Fact]
    public void Of_EveryLength_IsTheSameForTheSameTextOnly()
    {
        for (var length = 0; length <= Text.Length; length++)
        {
            var text = Text[..length];
            ProcessUriHash.Of(new string(text.AsSpan())).Should().Be(ProcessUriHash.Of(text));
            ProcessUriHash.Of(text + '\0').Should().NotBe(ProcessUriHash.Of(text), "it is longer");
            for (var i = 0; i < length; i++)
            {
                var other = text.ToCharArray();
                other[i] ^= (char)0x100;
                ProcessUriHash.Of(new string(other)).Should().NotBe(ProcessUriHash.Of(text), $"character {i} of {length} is another one");
            }
        }
    }

    [Fact]
    public void Of_WordsOfAUriExchanged_IsAnother()
    {
        var hashes = new[] { "aaaabbbbccccdddd", "bbbbaaaaccccdddd", "ccccddddaaaabbbb", "ddddccccbbbbaaaa", "aaaabbbbddddcccc" }.Select(ProcessUriHash.Of);

        hashes.Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("https://a.example/{0}")]
    [InlineData("https://a.example/{0:D8}/detail?page=1")]
    [InlineData("https://{0}.example/")]
    [InlineData("{0}")]
    public void Of_ManyAlike_SpreadsEvenlyAndSeldomMeets(string format)
    {
        const int Count = 100_000;
        const int Chains = 1024;
        var hashes = Enumerable.Range(0, Count).Select(i => ProcessUriHash.Of(string.Format(null, format, i))).ToArray();

        hashes.Distinct().Count().Should().BeGreaterThan(Count - 12, "of so many numbers of 32 bits one pair is expected to be alike");
        foreach (var shift in new[] { 0, 11, 22 })
        {
            var chains = new int[Chains];
            Array.ForEach(hashes, hash => chains[(hash >>> shift) & (Chains - 1)]++);
            chains.Sum(n => Math.Pow(n - ((double)Count / Chains), 2) * Chains / Count)
                .Should().BeInRange(700, 1400, "chance gives 1,023 and seldom 45 more or less");
        }
    }
}
