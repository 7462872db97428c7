using HttpCaching.StoreContract;

namespace HttpCaching.DistributedCache.Tests;

/// <summary>What no engine of this kind can do: count and list. Everything else of the contract holds.</summary>
public abstract class DistributedStoreContract : HttpCacheStoreContract
{
    protected override bool CountsRemovals => false;

    protected override bool RemovesByAnyPrefix => false;

    protected override bool ListsResponses => false;

    protected override bool MayTellLastUse => false;

    // A commit knows its tags too late to have read their epochs with its snapshot.
    protected override bool TellsTagsApart => false;
}
