namespace HttpCaching.Origins.Dialogue;

/// <summary>Sends requests of the dialogue and takes the answers apart.</summary>
internal static class Sender
{
    /// <summary>Sends a request and reads the answer to its end.</summary>
    public static Task<Answer> SendAsync(HttpClient client, Ask ask, TimeProvider clock) =>
        ReceiveAsync(client, ask, clock, async content =>
        {
            using var body = new MemoryStream();
            if (ask.Synchronous)
            {
                content.CopyTo(body, null, CancellationToken.None);
            }
            else
            {
                await content.CopyToAsync(body);
            }

            return body.ToArray();
        });

    /// <summary>Sends a request, reads a number of bytes of the body and leaves.</summary>
    public static Task<Answer> LeaveAsync(HttpClient client, Ask ask, TimeProvider clock, int after) =>
        ReceiveAsync(client, ask, clock, async content =>
        {
            var bytes = new byte[after];
            await using var body = await content.ReadAsStreamAsync();
            return bytes[..await body.ReadAtLeastAsync(bytes, after, throwOnEndOfStream: false)];
        });

    /// <summary>Sends a request and reads the answer, but stops after a number of bytes until it is told to go on.</summary>
    public static Task<Answer> PauseAsync(HttpClient client, Ask ask, TimeProvider clock, int after, Action paused, Task goOn) =>
        ReceiveAsync(client, ask, clock, async content =>
        {
            using var all = new MemoryStream();
            var start = new byte[after];
            await using var body = await content.ReadAsStreamAsync();
            all.Write(start, 0, await body.ReadAtLeastAsync(start, after, throwOnEndOfStream: false));
            paused();
            await goOn;
            await body.CopyToAsync(all);
            return all.ToArray();
        });

    private static async Task<Answer> ReceiveAsync(HttpClient client, Ask ask, TimeProvider clock, Func<HttpContent, Task<byte[]>> read)
    {
        var answer = new Answer { Time = clock.GetUtcNow() };
        try
        {
            using var message = ask.ToMessage();
            using var response = ask.Synchronous
                ? await Task.Run(() => client.Send(message, HttpCompletionOption.ResponseHeadersRead))
                : await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            answer = answer with { Status = (int)response.StatusCode, Fields = FieldsOf(response) };
            var body = await read(response.Content);

            // Taken after the body: whether it was stored is known then.
            return answer with { Body = body, Cache = response.GetCacheStatus() };
        }
        catch (Exception exception)
        {
            return answer with { Error = exception };
        }
    }

    private static Dictionary<string, string> FieldsOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(field => field.Key, field => string.Join(", ", (IEnumerable<string>)field.Value), StringComparer.OrdinalIgnoreCase);
}
