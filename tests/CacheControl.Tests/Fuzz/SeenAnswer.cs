using System.Globalization;

namespace HttpCaching.Tests.Fuzz;

/// <summary>An answer as the caller of a history's step has it.</summary>
internal sealed class SeenAnswer
{
    public SeenAnswer(Step.Send step, HttpResponseMessage response, int calls, int known)
    {
        (Step, Response, Calls, Known) = (step, response, calls, known);
        Status = response.GetCacheStatus();
        Fields = [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(h => h.Value.Select(v => KeyValuePair.Create(h.Key, v)))];
    }

    public Step.Send Step { get; }

    public HttpResponseMessage Response { get; }

    public CacheStatus? Status { get; }

    /// <summary>How often the origin was asked for it.</summary>
    public int Calls { get; }

    /// <summary>The number of exchanges before it.</summary>
    public int Known { get; }

    public List<KeyValuePair<string, string>> Fields { get; }

    public int Code => (int)Response.StatusCode;

    public int? Representation => Number("X-Rep");

    public int? Origin => Number("X-Orig");

    public int? Exchange => Number("X-Exch");

    public bool IsFromCache => Status is { FromCache: true };

    /// <summary>Whether another request's exchange with the origin answered it.</summary>
    public bool IsShared => Status is { Collapsed: true } && Calls == 0;

    public bool IsReused => IsFromCache || IsShared;

    public string? this[string name] => Fields.Find(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public int? Number(string name) => int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
