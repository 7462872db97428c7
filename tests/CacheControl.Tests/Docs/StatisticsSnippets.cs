namespace HttpCaching.Tests.Docs;

/// <summary>The code of the page about looking inside that tells of numbers.</summary>
public static class StatisticsSnippets
{
    public static async Task Statistics(IHttpCache cache, HttpRequestMessage request)
    {
        // snippet: statistics
        var numbers = await cache.GetStatisticsAsync();
        Console.WriteLine(numbers); // 120 hits, 10 validated, 20 missed (80 % hits, 91 % of bytes); 40 stored in 1240000 of 104857600 bytes, …
        Console.WriteLine($"{numbers.HitRatio:P0} hits, {numbers.TimeSaved} saved");

        foreach (var response in await cache.FindAsync(request))
        {
            Console.WriteLine($"{response} in partition {response.Partition}");
        }

        // end
    }
}
