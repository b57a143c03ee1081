namespace Hufu.Contracts;

/// <summary>Something has happened. Signed by the room where it happened, kept in that room's outbox in the same transaction, delivered at least once and in order.</summary>
public interface IFact;
