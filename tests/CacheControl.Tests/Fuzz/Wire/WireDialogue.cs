namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>A resource and the requests for it, one after the other, through one pipeline.</summary>
internal sealed record WireDialogue(string Pipeline, WireResource Resource, params WireStep[] Steps)
{
    public const int StepsOfOne = 5;

    public static WireDialogue Of(string pipeline, int seed, int number)
    {
        var random = new Random(unchecked((seed * 16777619) ^ (number * 31)));
        var resource = WireResource.Of(random);
        return new WireDialogue(pipeline, resource, [.. Enumerable.Range(0, StepsOfOne).Select(_ => WireStep.Of(random))]);
    }

    /// <summary>Plays it; how an answer differs from every one that a plain client might have got, or null.</summary>
    public async Task<WireDifference?> PlayAsync(WireSite site)
    {
        using var play = new WirePlay(site, this);
        foreach (var step in Steps)
        {
            if (await play.StepAsync(step) is { } kind)
            {
                return new WireDifference(this, kind, play.Told);
            }
        }

        return null;
    }

    /// <summary>Dialogues with one oddity less.</summary>
    public IEnumerable<WireDialogue> Simpler()
    {
        for (var i = 0; i < Steps.Length && Steps.Length > 1; i++)
        {
            yield return this with { Steps = [.. Steps[..i], .. Steps[(i + 1)..]] };
        }

        foreach (var resource in Resource.Simpler())
        {
            yield return this with { Resource = resource };
        }

        for (var i = 0; i < Steps.Length; i++)
        {
            foreach (var step in Steps[i].Simpler())
            {
                yield return this with { Steps = [.. Steps[..i], step, .. Steps[(i + 1)..]] };
            }
        }
    }

    /// <summary>The test that plays it.</summary>
    public string Code() =>
        $"""
            [Fact]
            public Task Answer_IsThatOfAPlainClient() => AgreesAsync(new WireDialogue(
                {WireResource.Code(Pipeline)},
                {Resource.Code()},
                {string.Join(",\n        ", Steps.Select(s => s.Code()))}));
        """;
}
