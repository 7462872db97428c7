using System.Net.Http.Json;
using System.Text.Json;
using HttpCaching;

namespace GraphQLSample;

/// <summary>The requests of a GraphQL client. Its queries are answered from the cache, and its mutations never are. Each step says what it expects; the exit code is 1 if one is wrong.</summary>
internal static class Program
{
    private const string Price = "query Price($name: String!) { price(name: $name) }";
    private const string SamePrice = """
        query Price( $name : String! ) {
          # the same, in other words
          price( name: $name )
        }
        """;

    private const string SetPrice = "mutation Set($name: String!, $price: Decimal!) { setPrice(name: $name, price: $price) }";

    public static async Task<int> Main() => await RunAsync(Console.Out).ConfigureAwait(false);

    /// <summary>Runs all steps.</summary>
    /// <param name="output">Where the report goes.</param>
    /// <returns>0 if all steps did what they should.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var shop = new Shop();
        await using var server = await ShopServer.StartAsync(shop).ConfigureAwait(false);

        // The server says nothing of lifetimes, so the rule does. The normaliser makes spellings of one query the same.
        var options = new HttpCacheOptions();
        options.For(server.Address.ToString(), rule => rule.CacheContentOf("POST", "application/json").FreshFor(TimeSpan.FromMinutes(5)));
        options.Extensions.QueryNormalizers["application/json"] = QueryNormalization.GraphQL;
        using var client = new HttpClient(new CachingHandler(options)) { BaseAddress = server.Address };

        var failures = 0;
        async Task StepAsync(string title, Func<Task<decimal>> ask, decimal value, int queries, int mutations)
        {
            var found = await ask().ConfigureAwait(false);
            var isRight = found == value && shop.Queries == queries && shop.Mutations == mutations;
            failures += isRight ? 0 : 1;
            await output.WriteLineAsync($"{(isRight ? "ok   " : "WRONG")} {title}: {found}; the server executed {shop}").ConfigureAwait(false);
        }

        await StepAsync("the price of tea is asked for", () => AskAsync(client, Price, "tea"), 3, 1, 0).ConfigureAwait(false);
        await StepAsync("again, from the cache", () => AskAsync(client, Price, "tea"), 3, 1, 0).ConfigureAwait(false);
        await StepAsync("in another spelling, from the cache", () => AskAsync(client, SamePrice, "tea"), 3, 1, 0).ConfigureAwait(false);
        await StepAsync("another variable is another question", () => AskAsync(client, Price, "jam"), 5, 2, 0).ConfigureAwait(false);
        await StepAsync("a mutation is sent", () => ChangeAsync(client, "tea", 4), 4, 2, 1).ConfigureAwait(false);
        await StepAsync("and each further one", () => ChangeAsync(client, "tea", 4), 4, 2, 2).ConfigureAwait(false);
        await StepAsync("the next query sees the change", () => AskAsync(client, Price, "tea"), 4, 3, 2).ConfigureAwait(false);
        await StepAsync("and is answered from the cache again", () => AskAsync(client, SamePrice, "tea"), 4, 3, 2).ConfigureAwait(false);
        await output.WriteLineAsync(failures == 0 ? "Every step did what it should." : $"{failures} steps are wrong.").ConfigureAwait(false);
        return failures == 0 ? 0 : 1;
    }

    private static Task<decimal> AskAsync(HttpClient client, string document, string name) =>
        SendAsync(client, new { query = document, operationName = "Price", variables = new { name } }, "price");

    private static Task<decimal> ChangeAsync(HttpClient client, string name, decimal price) =>
        SendAsync(client, new { query = SetPrice, operationName = "Set", variables = new { name, price } }, "setPrice");

    /// <summary>Sends a request as GraphQL clients do: JSON by POST.</summary>
    private static async Task<decimal> SendAsync(HttpClient client, object request, string field)
    {
        using var response = await client.PostAsJsonAsync(default(Uri), request).ConfigureAwait(false);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
        return answer.RootElement.GetProperty("data").GetProperty(field).GetDecimal();
    }
}
