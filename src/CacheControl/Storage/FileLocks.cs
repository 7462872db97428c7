namespace HttpCaching.Storage;

/// <summary>Locks of the operating system on open files, which end with their process.</summary>
internal static class FileLocks
{
    /// <summary>Whether the exception says that another process has the file's lock.</summary>
    public static bool IsTaken(IOException exception)
    {
        const int TryAgain = 11;
        const int TryAgainOnMac = 35;
        const int SharingViolation = unchecked((int)0x80070020);
        const int LockViolation = unchecked((int)0x80070021);
        return exception.HResult is TryAgain or TryAgainOnMac or SharingViolation or LockViolation;
    }
}
