using System.Text;
using CsCheck;
using HttpCaching.Control.Flights;

namespace HttpCaching.Tests.Collapsing;

/// <summary>What lies in the folder for temporary files: no name, no byte in the clear, and no leftovers.</summary>
public sealed class SpoolFileTests : IDisposable
{
    private const string Marker = "CC-PLAINTEXT-MARKER ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cache control ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("Spec", "SEC-11")]
    public async Task Append_BeyondMemory_TheFileHasNoNameAndIsNotInTheClear()
    {
        using var spool = new Spool(0, 0, new SpoolBudget(long.MaxValue), memoryBytes: 100, new SpoolFolder(_folder.FullName));
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Marker, 10_000)));

        await spool.AppendAsync(text);

        _folder.EnumerateFiles().Should().BeEmpty();
        if (OperatingSystem.IsLinux())
        {
            var open = Directory.EnumerateFileSystemEntries("/proc/self/fd")
                .Where(link => new FileInfo(link).LinkTarget?.StartsWith(_folder.FullName, StringComparison.Ordinal) is true).ToList();
            open.Should().ContainSingle();
            Issues.PlaintextScan.HasMarker(open[0]).Should().BeFalse();
        }

        var read = new byte[text.Length];
        for (var offset = 0; offset < read.Length;)
        {
            offset += await spool.ReadAsync(offset, read.AsMemory(offset), default);
        }

        read.Should().Equal(text);
    }

    [Fact]
    public void WriteAndRead_AnyPieces_GiveWhatWasWritten() =>
        Gen.Select(Gen.Byte.Array[0, 40_000].List[1, 6], Gen.Select(Gen.Int[0, 200_000], Gen.Int[1, 40_000]).List[1, 20], Gen.Bool).Sample(
            (pieces, reads, isAsync) =>
            {
                using var file = new SpoolFolder(_folder.FullName).Create();
                var all = pieces.SelectMany(p => p).ToArray();
                var position = 0;
                foreach (var piece in pieces)
                {
                    if (isAsync)
                    {
                        file.WriteAsync(piece, position).AsTask().GetAwaiter().GetResult();
                    }
                    else
                    {
                        file.Write(piece, position);
                    }

                    position += piece.Length;
                }

                return reads.TrueForAll(read =>
                {
                    var buffer = new byte[read.Item2];
                    var count = isAsync
                        ? file.ReadAsync(buffer, read.Item1, default).AsTask().GetAwaiter().GetResult()
                        : file.Read(buffer, read.Item1);
                    var expected = all.AsSpan(Math.Min(all.Length, read.Item1));
                    return buffer.AsSpan(0, count).SequenceEqual(expected[..Math.Min(expected.Length, buffer.Length)]);
                });
            },
            iter: 50,
            threads: 1);

    [Fact]
    [Trait("Spec", "SEC-11")]
    public void Create_LeftoversOfKilledProcesses_AreSwept()
    {
        var old = DateTime.UtcNow.AddHours(-1);
        var abandoned = Leave("cachecontrol-abcdefgh.ijk", old);
        var young = Leave("cachecontrol-abcdefgh.xyz", DateTime.UtcNow);
        var foreign = Leave("cachecontrol-notes.txt", old);
        var used = Leave("cachecontrol-qrstuvwx.yz1", old);
        using var held = new FileStream(used, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        using var file = new SpoolFolder(_folder.FullName).Create();

        File.Exists(abandoned).Should().BeFalse();
        File.Exists(young).Should().BeTrue("its process may not have come to lock it");
        File.Exists(foreign).Should().BeTrue();
        File.Exists(used).Should().BeTrue();
    }

    private string Leave(string name, DateTime time)
    {
        var path = Path.Join(_folder.FullName, name);
        File.WriteAllText(path, Marker);
        File.SetLastWriteTimeUtc(path, time);
        return path;
    }
}
