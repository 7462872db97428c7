using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>A complete body file that is not in its place yet. It can only be moved there or deleted.</summary>
internal sealed class SealedBodyFile(SafeFileHandle file, string temporaryPath, FileId id) : WrittenBody
{
    private bool _isInPlace;

    public FileId Id => id;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Inline => default;

    /// <summary>Moves the file to its place. After that this object no longer deletes it.</summary>
    public void MoveTo(string path)
    {
        FileModes.Replace(temporaryPath, path);
        _isInPlace = true;
    }

    public override void Dispose()
    {
        if (!_isInPlace)
        {
            // Deleted first, so that no process can lock it in between.
            FileModes.TryDelete(temporaryPath);
        }

        file.Dispose();
    }
}
