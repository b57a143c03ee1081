namespace Hufu.Contracts;

/// <summary>
/// The CA is at work, and until now nothing has happened that earlier facts do not say: sent every few minutes, in order with all other facts, so that who answers about status knows up to when it knows
/// everything and notices a CA that has fallen silent.
/// </summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="At">When.</param>
public sealed record AuthorityAlive(string Ca, DateTimeOffset At) : IFact;
