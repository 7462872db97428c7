namespace HttpCaching.Tests.Docs;

/// <summary>The sample that the README begins with does what it says.</summary>
public sealed class QuickStartTests
{
    [Fact]
    public async Task QuickStart_WithItsOwnOrigin_SucceedsAndWritesAPlainReport()
    {
        using var output = new StringWriter();

        var code = await QuickStart.Program.RunAsync(null, output, isPlain: true);

        var report = output.ToString();
        code.Should().Be(0, report);
        report.Should().Contain("Every step did what it should.");
        report.Should().NotContain("\u001b", "a log has no use for escape sequences");
        report.Split('\n').Should().OnlyContain(line => line.TrimEnd().Length <= 100);
    }

    [Fact]
    public async Task QuickStart_WithAUrl_AsksItSafely()
    {
        var time = new QuickStart.AdjustableTime();
        await using var origin = await QuickStart.LoopbackOrigin.StartAsync(time);
        using var output = new StringWriter();

        var code = await QuickStart.Program.RunAsync(new Uri(origin.Address, "/article"), output, isPlain: true);

        code.Should().Be(0, output.ToString());
        output.ToString().Should().NotContain("PUT");
        origin.Requests.Should().BeLessThanOrEqualTo(4);
    }
}
