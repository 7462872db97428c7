using HttpCaching.Control.Flights;

namespace HttpCaching.Tests.Collapsing;

public sealed class KeptBytesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "CON-6")]
    public async Task Append_SpoolFails_FailsOnlyThoseWhoAreBehind(bool async)
    {
        using var spool = new Spool(0, 0, new SpoolBudget(100), memoryBytes: 100, new SpoolFolder());
        using var kept = new KeptBytes();
        kept.Add(spool);
        kept.Append([1, 2, 3]);
        kept.IsWhole.Should().BeTrue();

        // A spool that has been disposed refuses like a full disk.
        spool.Dispose();
        if (async)
        {
            await kept.AppendAsync(new byte[] { 4 });
        }
        else
        {
            kept.Append([4]);
        }

        kept.IsBroken.Should().BeTrue();
        kept.IsWhole.Should().BeFalse("nobody may join any more");
        kept.Invoking(k => k.Read(3, new byte[1])).Should().Throw<IOException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "INC-10")]
    public async Task Read_KeptBytesEndBeforeWhatHasArrived_IsAnErrorAndNoEnd(bool async)
    {
        using var kept = new KeptBytes();
        kept.Add(new BytesBody(new byte[] { 1, 2, 3 }));
        (await kept.ReadAsync(2, new byte[10], CancellationToken.None)).Should().Be(1);

        var read = async
            ? (Func<Task<int>>)(() => kept.ReadAsync(3, new byte[10], CancellationToken.None).AsTask())
            : () => Task.FromResult(kept.Read(3, new byte[10]));

        await read.Should().ThrowAsync<IOException>();
    }

    [Fact]
    [Trait("Spec", "CON-6")]
    public void Spool_Budget_IsGivenBackOnce()
    {
        var factory = new SpoolFactory(new CollapseSettings { MaximumSpooledBytes = 100, MaximumSpoolMemory = 10 });
        var spool = factory.Begin(60)!;
        spool.Append(new byte[60]);

        factory.Begin(60).Should().BeNull("there is no room");
        factory.Budget.Used.Should().Be(60);
        spool.Dispose();
        spool.Dispose();
        factory.Budget.Used.Should().Be(0);
    }
}
