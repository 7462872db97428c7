using ConcurrentWriters.Processes;
using Xunit.Abstractions;

namespace HttpCaching.IntegrationTests;

/// <summary>The sample with real package installers, in a short form, and that its judge would notice.</summary>
public sealed class ConcurrentWritersTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Spec", "VLD-1")]
    [Trait("Spec", "SRE-5")]
    public async Task Processes_OneDirectoryAndDifferentCodings_EveryAnswerIsRight()
    {
        using var sample = HostProcess.StartAssembly(typeof(PackagePage).Assembly, "--processes", "3", "--seconds", "4", "--requests", "60");

        var (exitCode, text) = await sample.WaitAsync();

        output.WriteLine(text);
        exitCode.Should().Be(0, text);
        text.Should().Contain("Every installer got a 200 with the right body, every time.").And.Contain("zstd, gzip");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("many")]
    public async Task Processes_NoSuchNumber_IsRefused(string number)
    {
        using var sample = HostProcess.StartAssembly(typeof(PackagePage).Assembly, "--processes", number);

        (await sample.WaitAsync()).ExitCode.Should().NotBe(0);
    }

    [Fact]
    public void Judge_RightAnswer_IsRight() =>
        Judge(Page, Page, Page.Body()).Should().Be(PackageVerdict.Right);

    [Fact]
    public void Judge_NotModified_IsTheDefect() =>
        Judge(Page, Page, [], status: 304).Should().Be(PackageVerdict.BareNotModified);

    [Fact]
    public void Judge_OtherStatus_IsWrong() =>
        Judge(Page, Page, Page.Body(), status: 206).Should().Be(PackageVerdict.WrongStatus);

    [Theory]
    [InlineData(3, "gzip", 8)]
    [InlineData(3, "zstd", 7)]
    [InlineData(4, "gzip", 7)]
    public void Judge_BodyOfAnotherHead_IsMixed(int package, string coding, int version) =>
        Judge(Page, Page, new PackagePage(package, coding, version).Body()).Should().Be(PackageVerdict.MixedHeadAndBody);

    [Theory]
    [InlineData(3, "zstd", 7)]
    [InlineData(4, "gzip", 7)]
    public void Judge_AnotherPageThanAskedFor_IsWrong(int package, string coding, int version)
    {
        var other = new PackagePage(package, coding, version);
        Judge(Page, other, other.Body()).Should().Be(PackageVerdict.WrongBody);
    }

    [Fact]
    public void Judge_BodyCutOrChanged_IsWrong()
    {
        Judge(Page, Page, Page.Body()[..^1]).Should().Be(PackageVerdict.WrongBody);
        var changed = Page.Body();
        changed[^5]++;
        Judge(Page, Page, changed).Should().Be(PackageVerdict.WrongBody);
    }

    private static PackagePage Page => new(3, "gzip", 7);

    private static PackageVerdict Judge(PackagePage asked, PackagePage head, byte[] body, int status = 200)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        response.Headers.TryAddWithoutValidation("ETag", head.EntityTag);
        response.Headers.TryAddWithoutValidation(PackagePage.HeadField, head.Description);
        response.Content.Headers.TryAddWithoutValidation("Content-Encoding", head.Coding);
        return PackageJudge.Judge(asked.Package, asked.Coding, response, body);
    }
}
