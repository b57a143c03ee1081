using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The one-time code of a room's first start: 128 random bits, kept hashed, shown by the host and in <c>setup-code</c> (mode 0600), consumed by the room's initialisation.</summary>
public sealed class SetupCode
{
    /// <summary>Refuses a code that is not this room's, or one that was consumed. Constant time.</summary>
    /// <param name="session">A transaction of the room's database.</param>
    /// <param name="code">What was sent.</param>
    /// <exception cref="RefusedException">SetupCodeWrong; AlreadyInitialised when it was consumed.</exception>
    public void Demand(Session session, string code) => throw new NotImplementedException();

    /// <summary>Consumes it: after the transaction it opens nothing any more.</summary>
    /// <param name="session">A writing transaction.</param>
    public void Consume(Session session) => throw new NotImplementedException();
}
