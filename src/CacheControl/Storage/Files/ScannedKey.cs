namespace HttpCaching.Storage.Files;

/// <summary>The files of one key from a listing of their directory; none has been opened.</summary>
internal sealed class ScannedKey(FilePlace place)
{
    public FilePlace Place { get; } = place;

    /// <summary>The bytes on disk of record and bodies.</summary>
    public long Bytes { get; private set; }

    public bool HasRecord { get; private set; }

    /// <summary>The time of the record's last change: see <see cref="UseStamp"/>.</summary>
    public DateTime RecordTime { get; private set; }

    /// <summary>The paths of the body files.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>The paths of records that never came to their place.</summary>
    public List<string> Temporaries { get; } = [];

    public void AddRecord(long length, DateTime time)
    {
        HasRecord = true;
        RecordTime = time;
        Bytes += FileLayout.OnDisk(length);
    }

    public void AddBody(string path, long length)
    {
        Bodies.Add(path);
        Bytes += FileLayout.OnDisk(length);
    }
}
