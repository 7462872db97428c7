namespace ConcurrentWriters.Processes;

/// <summary>What an installer got for its request.</summary>
public enum PackageVerdict
{
    /// <summary>A 200 whose head and body are of one version of the page, in a coding that was asked for.</summary>
    Right,

    /// <summary>A 304, though the installer sent no condition: the predecessor's defect.</summary>
    BareNotModified,

    /// <summary>Another status than 200.</summary>
    WrongStatus,

    /// <summary>Head and body of different versions, codings or pages.</summary>
    MixedHeadAndBody,

    /// <summary>Head and body agree, but it is another page or coding than asked for, or its bytes are not whole.</summary>
    WrongBody,
}
