using System.Text.Json.Serialization;

namespace ConcurrentWriters.Processes;

/// <summary>What one installer saw, as it tells its parent.</summary>
internal sealed class InstallerResult
{
    private readonly Lock _lock = new();

    public long Requests { get; set; }

    public long Hits { get; set; }

    public long Validated { get; set; }

    public SortedDictionary<PackageVerdict, long> Verdicts { get; set; } = [];

    public long Exceptions { get; set; }

    /// <summary>Faults of the store, which the cache hides from its caller; here there must be none to hide.</summary>
    public long StoreFaults { get; set; }

    /// <summary>The first few of all faults, in words.</summary>
    public List<string> Faults { get; set; } = [];

    [JsonIgnore]
    public long Wrong => Requests - Of(PackageVerdict.Right) + StoreFaults;

    public long Of(PackageVerdict verdict) => Verdicts.GetValueOrDefault(verdict);

    public void Count(PackageVerdict verdict, bool isHit, bool isValidated, string description)
    {
        lock (_lock)
        {
            Requests++;
            Hits += isHit ? 1 : 0;
            Validated += isValidated ? 1 : 0;
            Verdicts[verdict] = Of(verdict) + 1;
            if (verdict != PackageVerdict.Right)
            {
                Describe($"{verdict}: {description}");
            }
        }
    }

    public void CountException(Exception exception)
    {
        lock (_lock)
        {
            Requests++;
            Exceptions++;
            Describe(exception.ToString());
        }
    }

    public void CountStoreFault(string description)
    {
        lock (_lock)
        {
            StoreFaults++;
            Describe(description);
        }
    }

    private void Describe(string fault)
    {
        if (Faults.Count < 5)
        {
            Faults.Add(fault.ReplaceLineEndings(" "));
        }
    }
}
