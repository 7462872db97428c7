namespace HttpCaching.StressHost.Scale;

/// <summary>Draws resources of which the one with number i is asked for with a probability proportional to 1/(i+1)^exponent.</summary>
internal sealed class ZipfDraw
{
    private readonly double[] _upTo;

    public ZipfDraw(int resources, double exponent)
    {
        _upTo = new double[resources];
        var sum = 0.0;
        for (var i = 0; i < resources; i++)
        {
            _upTo[i] = sum += Math.Pow(i + 1, -exponent);
        }
    }

    /// <summary>The next resource.</summary>
    public int Next(Random random)
    {
        var index = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
        return Math.Min(index < 0 ? ~index : index, _upTo.Length - 1);
    }
}
