using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Ca;

/// <summary>Facts leave by the room's post.</summary>
internal sealed class PostOutlet(Post post) : IFactOutlet
{
    public void Publish<TFact>(Session session, TFact fact)
        where TFact : IFact => post.Publish(session, fact);

    public void PublishMany<TFact>(Session session, IReadOnlyList<TFact> facts)
        where TFact : IFact => post.PublishMany(session, facts);

    public void PublishTo<TFact>(Session session, string room, IReadOnlyList<TFact> facts)
        where TFact : IFact => post.PublishTo(session, room, facts);
}
