using System.Globalization;
using HttpCaching.Benchmarks.Quick;

namespace HttpCaching.Benchmarks.Curves;

/// <summary>How the cost of an operation grows with what there is. The points of a curve are measured by turns, so that the machine is the same for all of them.</summary>
internal static class CurvesReport
{
    public const string Argument = "--curves";
    public const string PausesArgument = "--pauses";

    private static readonly int[] Callers = [1, 2, 4, 8, 16, 32, 64];
    private static readonly int[] Variants = [1, 3, 10, 30, 100];
    private static readonly int[] Fields = [5, 10, 20, 50, 100];
    private static readonly int[] Rules = [0, 1, 10, 100];

    /// <summary>Measures and prints all curves as a table of tab-separated values.</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="most">The most entries: a power of ten from 10,000 on.</param>
    public static void Print(TextWriter output, int rounds, int most)
    {
        output.WriteLine("curve\tx\tns");
        OverEntries(output, rounds, [.. Enumerable.Range(3, (int)Math.Log10(most) - 2).Select(power => (int)Math.Pow(10, power))]);
        Over(output, rounds, "hit, over callers at once", Callers, callers => new HitSubject(), (subject, callers) => QuickCase.Of(string.Empty, () => subject.HitAtOnce(callers)), perCall: callers => callers);
        Over(output, rounds, "hit, over variants of its URI", Variants, variants => new HitSubject(variants: variants), Hit);
        OverFields(output, rounds);
        Over(output, rounds, "hit, over rules of the options", Rules, rules => new HitSubject(rules: rules), Hit);
    }

    private static QuickCase Hit(HitSubject subject, int size) => QuickCase.Of(string.Empty, subject.Hit);

    /// <summary>A message of many fields costs the platform more than the cache: both are measured by turns.</summary>
    private static void OverFields(TextWriter output, int rounds)
    {
        HitSubject[] subjects = [.. Fields.Select(fields => new HitSubject(fields: fields))];
        var results = InterleavedRunner.Run(
            [.. subjects.Select(subject => QuickCase.Of(string.Empty, subject.Hit)), .. subjects.Select(subject => QuickCase.Of(string.Empty, subject.Floor))], rounds);
        for (var i = 0; i < results.Length; i++)
        {
            output.WriteLine(Line(new CurvePoint(i < Fields.Length ? "hit, over its fields" : "the same without a cache, over its fields", Fields[i % Fields.Length], results[i].Median)));
        }

        Array.ForEach(subjects, subject => subject.Dispose());
    }

    private static void OverEntries(TextWriter output, int rounds, int[] sizes)
    {
        EntriesSubject[] roomy = [.. sizes.Select(size => new EntriesSubject(size, isFull: false))];
        Write(output, rounds, "hit of one of 500, over entries", sizes, [.. roomy.Select(subject => QuickCase.Of(string.Empty, subject.HitFew))]);
        Write(output, rounds, "hit of any, over entries", sizes, [.. roomy.Select(subject => QuickCase.Of(string.Empty, subject.HitAny))]);
        Write(output, rounds, "miss and store, over entries", sizes, [.. roomy.Select(subject => QuickCase.Of(string.Empty, subject.Miss))]);

        // One pass over all entries is one call: as many of them as fill a slice are too many for a large store.
        foreach (var subject in roomy)
        {
            output.WriteLine(Line(new CurvePoint("one of a list, over entries", subject.Entries, subject.ListOnce())));
            subject.Dispose();
        }

        EntriesSubject[] full = [.. sizes.Select(size => new EntriesSubject(size, isFull: true))];
        Write(output, rounds, "miss, store and evict, over entries", sizes, [.. full.Select(subject => QuickCase.Of(string.Empty, subject.Miss))]);
        Array.ForEach(full, subject => subject.Dispose());
    }

    private static void Over(
        TextWriter output, int rounds, string curve, int[] sizes, Func<int, HitSubject> make, Func<HitSubject, int, QuickCase> caseOf, Func<int, int>? perCall = null)
    {
        HitSubject[] subjects = [.. sizes.Select(make)];
        Write(output, rounds, curve, sizes, [.. subjects.Zip(sizes, caseOf)], perCall);
        Array.ForEach(subjects, subject => subject.Dispose());
    }

    private static void Write(TextWriter output, int rounds, string curve, int[] sizes, QuickCase[] cases, Func<int, int>? perCall = null)
    {
        var results = InterleavedRunner.Run(cases, rounds);
        for (var i = 0; i < sizes.Length; i++)
        {
            output.WriteLine(Line(new CurvePoint(curve, sizes[i], results[i].Median / (perCall?.Invoke(sizes[i]) ?? 1))));
        }
    }

    private static string Line(CurvePoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Curve}\t{point.X}\t{point.Nanoseconds:F0}");
}
