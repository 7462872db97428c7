namespace HttpCaching.Storage.InMemory;

/// <summary>A first-in-first-out queue that counts bytes. Responses can be removed from its middle. Not thread-safe.</summary>
internal sealed class ResponseQueue
{
    private HeldResponse? _newest;

    public HeldResponse? Oldest { get; private set; }

    public long Bytes { get; private set; }

    public int Count { get; private set; }

    public void Add(HeldResponse response)
    {
        response.Queue = this;
        response.Older = _newest;
        response.Newer = null;
        if (_newest is null)
        {
            Oldest = response;
        }
        else
        {
            _newest.Newer = response;
        }

        _newest = response;
        Bytes += response.Size;
        Count++;
    }

    public void Remove(HeldResponse response)
    {
        if (response.Older is null)
        {
            Oldest = response.Newer;
        }
        else
        {
            response.Older.Newer = response.Newer;
        }

        if (response.Newer is null)
        {
            _newest = response.Older;
        }
        else
        {
            response.Newer.Older = response.Older;
        }

        response.Queue = null;
        response.Older = null;
        response.Newer = null;
        Bytes -= response.Size;
        Count--;
    }
}
