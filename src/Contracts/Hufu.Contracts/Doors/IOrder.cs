namespace Hufu.Contracts;

/// <summary>
/// Asks another room to use its authority: issue, revoke, make, recover, stamp. An order always travels sealed (GM/T 0010: signed by the sender's role key, enveloped to
/// the receiver), its id makes it idempotent, both sides keep a receipt, and the reply is signed.
/// </summary>
/// <typeparam name="TReply">What the receiver answers when it did not refuse.</typeparam>
public interface IOrder<TReply>;
