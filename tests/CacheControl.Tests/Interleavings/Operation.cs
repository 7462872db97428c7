using System.Globalization;
using HttpCaching.StoreContract;
using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Interleavings;

/// <summary>One operation of a schedule: what it does, what it saw, and what is wrong with that.</summary>
internal sealed class Operation(int lane, Act act, World world)
{
    private int _leastVersion;
    private int _leastSerial;

    public int Lane => lane;

    public Act Act => act;

    public Task Done { get; private set; } = Task.CompletedTask;

    /// <summary>The caller's patience; cancelled by the schedule where the operation is <see cref="Act.CancelledGet"/>.</summary>
    public CancellationTokenSource Patience { get; } = new();

    public bool HasBegun { get; private set; }

    /// <summary>What the caller got, in a few words.</summary>
    public string Seen { get; private set; } = "nothing";

    /// <summary>How it failed, if it did.</summary>
    public Exception? Failure { get; private set; }

    public void Start() => Done = RunAsync();

    private async Task RunAsync()
    {
        world.Gates.Lane = lane;
        await world.Gates.PassAsync("begin " + act);
        HasBegun = true;
        (_leastVersion, _leastSerial) = (world.LeastVersion, world.LeastSerial);
        try
        {
            await ActAsync();
        }
        catch (Exception exception)
        {
            (Failure, Seen) = (exception, exception.GetType().Name + ": " + exception.Message);
        }
    }

    private Task ActAsync() => act switch
    {
        Act.Get or Act.CancelledGet or Act.HalfReadGet => SendAsync("GET"),
        Act.ConditionalGet => SendAsync("GET", ("If-None-Match", SteeredOrigin.TagOf(1))),
        Act.RangeGet => SendAsync("GET", ("Range", "bytes=4-27")),
        Act.Head => SendAsync("HEAD"),
        Act.Put => PutAsync(),
        Act.Clear => ClearAsync(),
        _ => world.DoAsync(act),
    };

    private async Task PutAsync()
    {
        using var response = await world.Client.SendAsync(CacheFixture.Request("PUT", World.Uri), Patience.Token);
        Seen = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (response.IsSuccessStatusCode)
        {
            world.LeastVersion = Math.Max(world.LeastVersion, world.Origin.VersionPutBy(lane));
        }
    }

    private async Task ClearAsync()
    {
        var serial = world.Origin.Serial + 1;
        await world.Cache.ClearAsync();
        world.LeastSerial = Math.Max(world.LeastSerial, serial);
    }

    private async Task SendAsync(string method, params (string Name, string Value)[] fields)
    {
        using var request = CacheFixture.Request(method, World.Uri, fields);
        using var response = await world.Client.SendAsync(request, Patience.Token);
        var status = (int)response.StatusCode;
        Seen = $"{status} {response.GetCacheStatus()?.Reason}";
        if (status is 503 or 504)
        {
            await ReadAsync(response);
            return;
        }

        // A 304 has the tag, and not all of the other fields (RFC 9110 §15.4.5).
        var version = status == 304 ? int.Parse(response.Headers.ETag!.Tag.Trim('"'), CultureInfo.InvariantCulture) : NumberOf(response, "X-Version");
        var serial = status == 304 ? int.MaxValue : NumberOf(response, "X-Serial");
        Seen = $"{status} v{version} {response.GetCacheStatus()?.Reason}";
        Require(version >= _leastVersion, $"version {version} was served after an invalidation that came with version {_leastVersion} had completed");
        Require(serial >= _leastSerial, $"exchange {serial} was served after everything before exchange {_leastSerial} had been removed");
        Require(response.Headers.NonValidated["ETag"].ToString() == SteeredOrigin.TagOf(version), "the tag is another version's");
        Require(ReferenceEquals(response.RequestMessage, request), "the response is tied to another request");
        switch (status)
        {
            case 200:
                await CheckBodyAsync(response, method, version, 0, SteeredOrigin.LengthOf(version));
                break;
            case 206 when act == Act.RangeGet:
                var range = response.Content.Headers.ContentRange!;
                await CheckBodyAsync(response, method, version, (int)range.From!, (int)(range.To! - range.From! + 1));
                break;
            case 304 when act == Act.ConditionalGet:
                Require(version == 1, "304 for a version that the caller does not have");
                break;
            default:
                Require(false, $"{status} is no answer to {act}");
                break;
        }
    }

    private async Task CheckBodyAsync(HttpResponseMessage response, string method, int version, int offset, int length)
    {
        var (bytes, isWhole) = await ReadAsync(response);
        if (method == "HEAD")
        {
            Require(bytes.Length == 0, "HEAD has a body");
            return;
        }

        Require(
            SelfDescribingBody.Matches(version, SteeredOrigin.LengthOf(version), offset, bytes),
            $"the body is not that of version {version}, which its head names");
        Require(!isWhole || bytes.Length == length, $"the body ended after {bytes.Length} of {length} bytes as if it were whole");
    }

    private async Task<(byte[] Bytes, bool IsWhole)> ReadAsync(HttpResponseMessage response)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[16];
        var stream = await response.Content.ReadAsStreamAsync(Patience.Token);
        while (true)
        {
            var count = await stream.ReadAsync(buffer, Patience.Token);
            if (count == 0)
            {
                return (bytes.ToArray(), true);
            }

            bytes.Write(buffer, 0, count);
            if (act == Act.HalfReadGet)
            {
                return (bytes.ToArray(), false);
            }
        }
    }

    private static int NumberOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var value) ? int.Parse(value.ToString(), CultureInfo.InvariantCulture) : 0;

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            world.Faults.Add($"{lane} ({act}): {otherwise}");
        }
    }
}
