using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Where the reply of an order goes (step 12): sealed ahead, its receipt kept in the transaction that makes the order done.</summary>
internal interface IReplySink
{
    /// <summary>Seals the reply; outside any transaction.</summary>
    void Prepare(PairIssued reply);

    /// <summary>Keeps the receipt with the sealed reply in the caller's transaction.</summary>
    void Reply(Session session, PairIssued reply);
}

/// <summary>For an intent that is settled without anybody waiting: the next copy of the order is answered from what is stored.</summary>
internal sealed class NobodyWaits : IReplySink
{
    public static NobodyWaits Instance { get; } = new();

    public void Prepare(PairIssued reply)
    {
    }

    public void Reply(Session session, PairIssued reply)
    {
    }
}
