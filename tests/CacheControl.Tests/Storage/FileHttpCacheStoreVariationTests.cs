using System.Text;
using HttpCaching.StoreContract;

namespace HttpCaching.Tests.Storage;

/// <summary>The contract over a file store that encrypts.</summary>
public sealed class EncryptedFileStoreTests : FileHttpCacheStoreTests
{
    protected override FileHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.EncryptionKey = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        return options;
    }

    protected override void InspectPlace(IReadOnlyList<StoredResponse> standing)
    {
        byte[][] secrets =
        [
            .. new[] { "example.org", "other.example", "text/plain" }.Select(Encoding.UTF8.GetBytes),
            .. standing.Where(head => head.BodyLength >= 16).Select(head => SelfDescribingBody.Create(head.BodyId, head.BodyLength)[..16]),
        ];
        foreach (var path in FilesBelow())
        {
            // Shared with those who have the file locked: maintenance may be at it.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            secrets.Any(secret => bytes.AsSpan().IndexOf(secret) >= 0).Should().BeFalse("nothing lies in the clear in {0}", path);
        }
    }
}

/// <summary>The contract over a file store that keeps every body in a file of its own.</summary>
public sealed class FileStoreWithoutInlineBodiesTests : FileHttpCacheStoreTests
{
    protected override FileHttpCacheStoreOptions Options()
    {
        var options = base.Options();
        options.InlineBodyBytes = 0;
        return options;
    }
}
