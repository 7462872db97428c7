using Microsoft.Win32.SafeHandles;

namespace HttpCaching.Storage.Files;

/// <summary>A whole body file that has not come to its place. It can only be moved there or deleted.</summary>
internal sealed class SealedBodyFile(SafeFileHandle file, string temporaryPath, FileId id) : WrittenBody
{
    private bool _isInPlace;

    public FileId Id => id;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Inline => default;

    /// <summary>Moves it to its place, where it is no longer this one's to delete.</summary>
    public void MoveTo(string path)
    {
        File.Move(temporaryPath, path, overwrite: true);
        _isInPlace = true;
    }

    public override void Dispose()
    {
        if (!_isInPlace)
        {
            // Deleted first: nobody can lock it in between.
            FileModes.TryDelete(temporaryPath);
        }

        file.Dispose();
    }
}
