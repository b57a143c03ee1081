using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The one way to do something in a room's name: a signed act is checked, the room's work is done and the ledger's record is written in one transaction, or none of it is.</summary>
public sealed class ActGate
{
    /// <summary>Checks the act, runs the work and records the outcome.</summary>
    /// <typeparam name="T">What the work returns.</typeparam>
    /// <param name="request">The signed act and its payload.</param>
    /// <param name="expected">What the statement must say.</param>
    /// <param name="work">The room's work, in the act's transaction; computes little and waits for nothing. A <see cref="RefusedException"/> from it rolls back and is recorded.</param>
    /// <param name="ct">Cancels while the act waits for the writer.</param>
    /// <exception cref="RefusedException">The act is refused; it is in the ledger.</exception>
    public Task<T> RunAsync<T>(ActRequest request, ExpectedAct expected, Func<Session, AuthorisedAct, T> work, CancellationToken ct) => throw new NotImplementedException();
}
