using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Many concurrent readers and writers.</content>
public abstract partial class HttpCacheStoreContract
{
    /// <summary>The number of operations for each of the eight workers of the stress test. Lower it for a slow store.</summary>
    protected virtual int StressOperations => 300;

    /// <summary>No reader ever sees a head with another's body, a mixed body, or a response under a wrong key.</summary>
    [Fact]
    [Trait("Spec", "CON-8")]
    public async Task AllCalls_ManyAtOnce_HeadsAndBodiesBelongTogether()
    {
        if (!SupportsCompareAndSwap || !KeepsSnapshotsReadable)
        {
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < StressOperations; i++)
            {
                await DoSomethingAsync(random);
            }
        })));

        foreach (var key in Enumerable.Range(0, 4).Select(Key))
        {
            using var snapshot = await Store.ReadAsync(key, default);
            snapshot.Responses.Select(r => r.Variant).Should().OnlyHaveUniqueItems();
        }
    }

    private async Task DoSomethingAsync(Random random)
    {
        var key = Key(random.Next(4));
        using var snapshot = await Store.ReadAsync(key, default);
        var standing = snapshot.Responses.IsEmpty ? null : snapshot.Responses[random.Next(snapshot.Responses.Length)];
        switch (random.Next(20))
        {
            case 0:
                await Store.InvalidateAsync(key.Uri, default);
                break;
            case 1 when standing is not null:
                await Store.RemoveAsync(key, standing.Generation, default);
                break;
            case < 5 when standing is not null:
                await RefreshAsync(key, standing.Generation, StoredResponses.Refresh(standing, $"v{random.Next(3)}", random.Next(1000)));
                break;
            case < 11:
                var head = StoredResponses.Get(key.Uri, random.Next(5000), $"v{random.Next(3)}", random.Next(1000));
                var replaces = snapshot.Responses.FirstOrDefault(r => r.Variant == head.Variant)?.Generation;
                await TryPutAsync(key, head, snapshot.Stamp, replaces);
                break;
        }

        foreach (var response in snapshot.Responses)
        {
            response.TargetUri.Should().Be(key.Uri);
            await ShouldHaveItsBodyAsync(snapshot, response);
        }
    }
}
