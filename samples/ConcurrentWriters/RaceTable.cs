using Spectre.Console;

namespace ConcurrentWriters;

/// <summary>Runs every race of two clients in one process and shows what the first client got.</summary>
internal static class RaceTable
{
    /// <summary>Runs and prints; true if every answer in every race was right.</summary>
    public static async Task<bool> RunAsync(IAnsiConsole console)
    {
        console.WriteLine("Two clients share one store. The first (gzip) validates the entry; while it is held at the gate, the second (br) interferes.");
        console.WriteLine("Each cell: status, requests of the first client to the origin, and whether every body was right, in 4 set-ups");
        console.WriteLine("(the origin says Vary or forgets it; the clients share a cache object or only the store).");
        console.WriteLine();

        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded };
        table.AddColumn("Held at");
        var interferences = Enum.GetValues<Interference>();
        foreach (var interference in interferences)
        {
            table.AddColumn(interference.ToString());
        }

        var isRight = true;
        foreach (var position in Enum.GetValues<GatePosition>())
        {
            var cells = new List<string> { position.ToString() };
            foreach (var interference in interferences)
            {
                var (text, cellIsRight) = await CellAsync(position, interference);
                cells.Add(text);
                isRight &= cellIsRight;
            }

            table.AddRow([.. cells]);
        }

        console.Write(table);
        console.WriteLine(isRight ? "Every client got a 200 with the right body, in every race." : "Something went wrong: see the table.");
        return isRight;
    }

    private static async Task<(string Text, bool IsRight)> CellAsync(GatePosition position, Interference interference)
    {
        var results = new List<RaceResult>();
        foreach (var saysVary in new[] { true, false })
        {
            foreach (var sharesCache in new[] { true, false })
            {
                using var race = new Race(position, saysVary, sharesCache);
                results.Add(await race.RunAsync(interference));
            }
        }

        var isRight = results.All(result => result.IsRight);
        var statuses = string.Join('/', results.Select(result => result.First.Status).Distinct());
        var requests = string.Join('/', results.Select(result => result.OriginRequests).Distinct());
        return ($"{statuses}, {requests} req, {(isRight ? "right" : "WRONG")}", isRight);
    }
}
