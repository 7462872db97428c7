namespace HttpCaching.Tests.Fuzz;

/// <summary>How often generated histories have come to what the opt-ins are for: invariants that nothing reaches would hold for ever.</summary>
internal sealed class HistoryReach
{
    private int _queries;
    private int _posts;
    private int _equivalents;

    /// <summary>QUERY requests that were answered with what was stored.</summary>
    public int Queries => _queries;

    /// <summary>Requests that were answered with what a POST had brought.</summary>
    public int Posts => _posts;

    /// <summary>Requests that were answered with what was stored under another URI.</summary>
    public int Equivalents => _equivalents;

    public void Note(SeenAnswer answer, FuzzOrigin origin)
    {
        if (!answer.IsFromCache || answer.Origin is not { } first || answer.Representation is not { } id)
        {
            return;
        }

        Count(ref _queries, answer.Step.Method == "QUERY");
        Count(ref _posts, origin.Exchanges[first].Method == "POST");
        Count(ref _equivalents, origin.Representations[id].Uri != answer.Step.Uri);
    }

    private static void Count(ref int counter, bool condition)
    {
        if (condition)
        {
            Interlocked.Increment(ref counter);
        }
    }
}
