using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Step 12 of an order that came by post.</summary>
internal sealed class OrderReply(ReceivedOrder<IssuePair, PairIssued> received) : IReplySink
{
    public void Prepare(PairIssued reply) => received.Prepare(reply);

    public void Reply(Session session, PairIssued reply) => received.Reply(session, reply);
}
