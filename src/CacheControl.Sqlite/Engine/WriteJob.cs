namespace HttpCaching.Sqlite.Engine;

/// <summary>A change that waits for its transaction.</summary>
internal abstract class WriteJob(CancellationToken cancellationToken)
{
    /// <summary>Whether the caller left before the change began.</summary>
    public bool IsCanceled => cancellationToken.IsCancellationRequested;

    protected CancellationToken Cancellation => cancellationToken;

    /// <summary>Makes the change within a transaction. May be called again in another one if the first one failed.</summary>
    public abstract void Run(WriteConnection writer);

    /// <summary>Tells the caller that the change is stored.</summary>
    public abstract void Succeed();

    /// <summary>Tells the caller that the change is not stored.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Tells the caller that the change was not begun.</summary>
    public abstract void Cancel();
}

/// <summary>A change with a result.</summary>
internal sealed class WriteJob<T>(Func<WriteConnection, T> change, CancellationToken cancellationToken) : WriteJob(cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

    public override void Run(WriteConnection writer) => _result = change(writer);

    public override void Succeed() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override void Cancel() => _completion.TrySetCanceled(Cancellation);
}
