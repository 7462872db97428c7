namespace HttpCaching.Conformance.Scoring;

/// <summary>How one test came out, by the suite's own rules.</summary>
public enum TestOutcome
{
    /// <summary>There is no result of it.</summary>
    Untested,

    /// <summary>It passed; of a check: yes.</summary>
    Pass,

    /// <summary>It did not; of a check: no.</summary>
    Fail,

    /// <summary>What should have led up to the test went wrong.</summary>
    SetupFailure,

    /// <summary>The cache sent a request twice.</summary>
    Retry,

    /// <summary>A test that this one builds upon did not pass.</summary>
    DependencyFailure,
}
