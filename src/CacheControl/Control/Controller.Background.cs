using HttpCaching.Control.Keys;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <content>The walk of a validation after its caller has been answered: the background half of stale-while-revalidate.</content>
internal sealed partial class Controller
{
    /// <summary>Makes the exchange of a validation.</summary>
    /// <param name="hit">The exchange that was answered with the stored response.</param>
    /// <param name="end">Ends the validation.</param>
    private Exchange ForkOf(Exchange hit, CancellationToken end)
    {
        var stored = hit.Decision.Stored!;
        var request = RequestWriter.Clone(
            hit.Request, HttpFields.Empty, [FieldNames.IfNoneMatch, FieldNames.IfModifiedSince, FieldNames.IfRange, FieldNames.Range]);
        request.Method = new HttpMethod(stored.Method);
        request.Content = stored.Method is MethodRules.Query or MethodRules.Post ? QueryContent.Copy(hit.Request) : null;
        var presented = NewHead();
        RequestReader.Read(request, _services.Keys.TargetUriOf(request)!, presented);
        var own = RequestSettings.Of(request) with { Mode = HttpCacheMode.NoCache };

        // The request's own directives were about the response that has been served.
        var directives = new RequestDirectives { NoTransform = RequestDirectives.Parse(presented.Fields).NoTransform };
        var policy = _services.PolicyFor(request, own, presented.Method, presented.TargetUri);
        presented.OnlyAsks = ContentRules.MayOnlyAsk(presented, own.OnlyAsks, policy.Rule);
        return hit.Fork(
            new Call(request, own, hit.Transport, IsAsync: true, end), new RequestFacts(presented, directives, own.Mode, LimitsFor(own, policy), policy));
    }

    /// <summary>Validates the stored response of an exchange, and stores the response of the origin.</summary>
    /// <returns>The answer; null if the served response has been replaced, refreshed or removed since, and there is nothing to validate.</returns>
    private async ValueTask<Answer?> ValidateAsync(Exchange fork)
    {
        var (from, served) = (fork.Key, fork.Decision.Stored!);
        if (await FindKeyAsync(fork).ConfigureAwait(false) is not null)
        {
            return null;
        }

        fork.Snapshot = await _services.Store.ReadAsync(fork.Key, fork.CancellationToken).ConfigureAwait(false);
        if (fork.Snapshot is null || (fork.Key == from && !fork.Candidates.Any(stored => stored.Generation == served.Generation)))
        {
            return null;
        }

        fork.Decision = Decide(fork);
        await CompleteLookupAsync(fork).ConfigureAwait(false);
        return await ActAsync(fork).ConfigureAwait(false);
    }
}
