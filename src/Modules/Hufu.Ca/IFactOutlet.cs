using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca;

/// <summary>Where facts leave the room: into the outbox of the caller's transaction, for every room that access.csv names.</summary>
internal interface IFactOutlet
{
    /// <summary>Leaves a fact in the transaction.</summary>
    void Publish<TFact>(Session session, TFact fact)
        where TFact : IFact;

    /// <summary>Leaves many of one kind, in their order.</summary>
    void PublishMany<TFact>(Session session, IReadOnlyList<TFact> facts)
        where TFact : IFact
    {
        foreach (var fact in facts)
        {
            Publish(session, fact);
        }
    }

    /// <summary>Leaves facts for one room only: they were told before, and that room has lost them.</summary>
    void PublishTo<TFact>(Session session, string room, IReadOnlyList<TFact> facts)
        where TFact : IFact => PublishMany(session, facts);
}
