
namespace HttpCaching.Tests.Storage;

/// <summary>The count of those who hold what the last of them gives back.</summary>
public sealed class HolderCountTests
{
    [Fact]
    public void Remove_AsManyAsWereAdded_TheLastOneIsToldSo()
    {
        var holders = default(HolderCount);
        holders.TryAdd().Should().BeTrue();
        holders.TryAdd().Should().BeTrue();

        holders.Remove().Should().BeFalse();
        holders.Remove().Should().BeFalse();
        holders.Remove().Should().BeTrue();
    }

    [Fact]
    public void AfterTheLast_NobodyIsLetInAndNobodyIsTheLastAgain()
    {
        var holders = default(HolderCount);
        holders.Remove().Should().BeTrue();

        holders.TryAdd().Should().BeFalse("what was held has been given back");
        holders.Remove().Should().BeFalse("it would be given back twice");
        holders.TryAdd().Should().BeFalse();
    }
}
