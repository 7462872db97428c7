using HttpCaching.Model;

namespace HttpCaching.Tests.Outcomes;

/// <summary>
/// Every way in which a request can end, and all that tells of it: the line of the status, the member of Cache-Status, the line in the log and the measurements agree.
/// A reason without a row fails.
/// </summary>
public sealed class OutcomeTests
{
    public static TheoryData<string> Names => [.. All.Select(outcome => outcome.Name)];

    private static IEnumerable<Outcome> All => [.. AnsweredOutcomes.All, .. NotStoredOutcomes.All];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Spec", "CST-1")]
    public async Task Send_EndsInThisWay_AllThatTellsOfItAgrees(string name)
    {
        var outcome = All.Single(o => o.Name == name);
        using var scene = new OutcomeScene(outcome.Options, outcome.Store?.Invoke());

        using var response = await outcome.Act(scene);
        var status = response.GetCacheStatus()!;
        var atDeparture = status.ToString();
        var member = response.Headers.NonValidated.TryGetValues("Cache-Status", out var members) ? members.ToString() : null;
        await UseAsync(response, outcome.Body);

        status.ToString().Should().Be(outcome.Line);
        scene.Log.Messages.Where(message => message.EndsWith(": " + atDeparture, StringComparison.Ordinal)).Should().NotBeEmpty("the log has the line");
        (member is null).Should().Be(status.Generated, "what the cache has made itself has no member");
        CheckMeasurements(scene, status);
        if (atDeparture.EndsWith("being stored", StringComparison.Ordinal) && status.NotStored is { } late and not NotStoredReason.Undecodable)
        {
            scene.Log.Messages.Should().Contain(message => message.Contains($"not stored after all: {CacheStatusText.Of(late)} ({late})", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Reasons_AllHaveARow()
    {
        var (reasons, notStored) = (new HashSet<CacheReason>(), new HashSet<NotStoredReason?>());
        foreach (var outcome in All)
        {
            using var scene = new OutcomeScene(outcome.Options, outcome.Store?.Invoke());
            using var response = await outcome.Act(scene);
            await UseAsync(response, outcome.Body);
            reasons.Add(response.GetCacheStatus()!.Reason);
            notStored.Add(response.GetCacheStatus()!.NotStored);
        }

        reasons.Should().BeEquivalentTo(Enum.GetValues<CacheReason>());
        notStored.Where(reason => reason is not null).Should().BeEquivalentTo(Enum.GetValues<NotStoredReason>().Cast<NotStoredReason?>());
    }

    private static void CheckMeasurements(OutcomeScene scene, CacheStatus status)
    {
        var last = scene.Requests.Last();
        last.Should().StartWith($"outcome={(status.Hit ? "hit" : status.Generated ? "generated" : "fwd")} reason={status.Reason}");
        last.Contains("fwd=" + CacheStatusNames.Of(status.Forward), StringComparison.Ordinal).Should().Be(status is { Hit: false, Generated: false });
        scene.Requests.Should().HaveCount(scene.Log.Messages.Count(message => Lines.Any(start => message.Contains(start, StringComparison.Ordinal))), "each request is counted and logged once");
        if (status.NotStored is { } reason && status.Reason != CacheReason.Validated && reason != NotStoredReason.Undecodable)
        {
            scene.Stored.Should().Contain("outcome=" + CacheStatusNames.DetailOf(reason));
        }
        else if (status is { Stored: true, Reason: not CacheReason.Validated })
        {
            scene.Stored.Should().Contain("outcome=stored");
        }
    }

    private static readonly string[] Lines = [": hit: ", ": validated: ", ": stale: ", ": collapsed: ", ": forwarded: ", ": generated: "];

    private static async Task UseAsync(HttpResponseMessage response, BodyUse use)
    {
        switch (use)
        {
            case BodyUse.Dispose:
                response.Dispose();
                break;
            case BodyUse.ReadToFailure:
                (await Xunit.Record.ExceptionAsync(() => response.Content.CopyToAsync(Stream.Null))).Should().NotBeNull();
                break;
            default:
                await response.Content.CopyToAsync(Stream.Null);
                break;
        }
    }
}
