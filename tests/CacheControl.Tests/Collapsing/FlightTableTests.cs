using CsCheck;
using HttpCaching.Control.Flights;
using HttpCaching.Control.Time;

namespace HttpCaching.Tests.Collapsing;

/// <summary>The table of flights against a dictionary.</summary>
public sealed class FlightTableTests
{
    private static readonly RequestCollapser Owner = new(new CollapseSettings(), new CacheClock(TimeProvider.System), Dispatch.OfPool);

    [Fact]
    public void Table_AnyChanges_HoldsWhatADictionaryWould() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 9]).Array[0, 600].Sample(steps =>
        {
            var table = new FlightTable();
            var model = new Dictionary<FlightKey, Flight>();
            var all = new List<Flight>();
            foreach (var (number, action) in steps)
            {
                var key = KeyOf(number);
                switch (action)
                {
                    case 0 when all.Count > 0:
                        // Perhaps one that has left already, and whose key another one has now.
                        var old = all[number % all.Count];
                        table.Remove(old);
                        if (model.TryGetValue(old.Key, out var listed) && listed == old)
                        {
                            model.Remove(old.Key);
                        }

                        break;
                    case 1 when number % 10 == 0:
                        table.RemoveAll(flight => flight.Key.Key.Uri.Length % 2 == 0);
                        model.Keys.Where(k => k.Key.Uri.Length % 2 == 0).ToList().ForEach(k => model.Remove(k));
                        break;
                    default:
                        if (!model.ContainsKey(key))
                        {
                            var flight = new Flight(key, Owner);
                            all.Add(flight);
                            table.Add(flight);
                            model.Add(key, flight);
                        }

                        break;
                }
            }

            return table.Count == model.Count && Enumerable.Range(0, 301).All(i => table.Find(KeyOf(i)) == model.GetValueOrDefault(KeyOf(i)));
        });

    private static FlightKey KeyOf(int number) => new(new CacheKey($"http://h/{number}"), number % 3 == 0, number % 5 == 0 ? "variant" : null);
}
