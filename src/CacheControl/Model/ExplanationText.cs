using System.Globalization;
using System.Text;

namespace HttpCaching.Model;

/// <summary>Explanations in lines for a person.</summary>
internal static class ExplanationText
{
    /// <summary>What the cache would do with a request.</summary>
    /// <param name="explanation">The explanation.</param>
    public static string Of(CacheExplanation explanation)
    {
        var text = new StringBuilder()
            .Append(explanation.Method).Append(' ').Append(explanation.Uri)
            .Append(explanation.Partition is { } label ? $" (partition {label})" : string.Empty).Append('\n')
            .Append(explanation.Expected).Append('\n')
            .Append("rule: ").Append(explanation.Reason).Append(". ").Append(explanation.Cause).Append('\n');
        Append(text, explanation.Lifetime, explanation.Age);
        foreach (var candidate in explanation.Candidates)
        {
            text.Append("stored: ").Append(Of(candidate)).Append('\n');
        }

        if (explanation.Remedy is { } remedy)
        {
            text.Append("for a hit: ").Append(remedy).Append('\n');
        }

        return WithFindings(text, explanation.Findings);
    }

    /// <summary>Whether a response would be stored.</summary>
    /// <param name="explanation">The explanation.</param>
    public static string Of(StorageExplanation explanation)
    {
        var text = new StringBuilder(explanation.NotStored is { } reason ? $"not stored: {CacheStatusText.Of(reason)}\nrule: {reason}. {explanation.Cause}\n" : "stored\n");
        Append(text, explanation.Lifetime, explanation.Age);
        if (explanation.Remedy is { } remedy)
        {
            text.Append("to have it stored: ").Append(remedy).Append('\n');
        }

        return WithFindings(text, explanation.Findings);
    }

    /// <summary>Seconds as the fields count them, with a fraction only if there is one.</summary>
    /// <param name="time">The time.</param>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";

    /// <summary>The section that a cause names in brackets; null if it names none.</summary>
    /// <param name="cause">The cause.</param>
    public static string? SectionOf(string cause)
    {
        var start = cause.IndexOf("(RFC ", StringComparison.Ordinal);
        return start < 0 ? null : cause[(start + 1)..cause.IndexOf(')', start)];
    }

    private static string WithFindings(StringBuilder text, IReadOnlyList<CacheFinding> findings)
    {
        foreach (var finding in findings)
        {
            text.Append("finding: ").Append(finding).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void Append(StringBuilder text, LifetimeExplanation? lifetime, AgeExplanation? age)
    {
        if (lifetime is not null)
        {
            text.Append("lifetime: ").Append(Seconds(lifetime.Value)).Append(" (").Append(lifetime.Arithmetic).Append(")\n");
        }

        if (age is not null)
        {
            text.Append("age: ").Append(Seconds(age.CurrentAge)).Append(" (").Append(Seconds(age.CorrectedInitialAge)).Append(" on receipt: Date gives ")
                .Append(Seconds(age.ApparentAge)).Append(age.AgeValue is { } value ? ", Age " + Seconds(value) : ", no Age").Append(", delay ")
                .Append(Seconds(age.ResponseDelay)).Append("; ").Append(Seconds(age.ResidentTime)).Append(" since receipt)\n");
        }
    }

    private static string Of(CandidateExplanation candidate)
    {
        var fit = candidate.Mismatch switch
        {
            CandidateMismatch.None => candidate.IsSelected ? "selected" : "fits, but another fits better",
            CandidateMismatch.Method => "its method can't answer this one",
            CandidateMismatch.Private => "private, and the cache is shared",
            _ when candidate.MismatchedField == "*" => "no request matches it (Vary: *)",
            _ => candidate.MismatchedField + " differs",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{candidate.Method} {candidate.StatusCode}, {candidate.BodyLength} bytes{(candidate.IsComplete ? "" : " (a part)")}, received {candidate.ReceivedAt:u}: {fit}");
    }
}
