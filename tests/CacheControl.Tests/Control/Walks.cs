namespace HttpCaching.Tests.Control;

/// <summary>What walk tests do all the time, in few words.</summary>
internal static class Walks
{
    public const string Uri = "http://h/";

    public static Task<Seen> SendAsync(this CacheFixture fixture, string method, string uri = Uri, params (string Name, string Value)[] fields) =>
        fixture.SendAsync(CacheFixture.Request(method, uri, fields));

    public static void Pass(this CacheFixture fixture, double seconds) => fixture.Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The origin gives this answer from now on, with the number of the request as its body.</summary>
    public static void Always(this ScriptedOrigin origin, int status, params (string Name, string Value)[] fields) =>
        origin.Otherwise = _ => ScriptedOrigin.Response(status, origin.Requests.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), fields);

    /// <summary>How many requests reached the origin.</summary>
    public static int Hits(this CacheFixture fixture) => fixture.Origin.Requests.Count;

    /// <summary>A body that declares a length, and delivers less before it fails or ends.</summary>
    public static HttpContent Broken(string bytes, long? declared, bool fails)
    {
        var content = new StreamContent(new BreakingStream(System.Text.Encoding.UTF8.GetBytes(bytes), fails));
        if (declared is not null)
        {
            content.Headers.ContentLength = declared;
        }

        return content;
    }

    private sealed class BreakingStream(byte[] bytes, bool fails) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => OrFail(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => OrFail(base.Read(buffer));

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            OrFail(await base.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            OrFail(await base.ReadAsync(buffer, cancellationToken));

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
            OrFail(0);
        }

        private int OrFail(int read) => read == 0 && fails
            ? throw new HttpIOException(HttpRequestError.ResponseEnded)
            : read;
    }
}
