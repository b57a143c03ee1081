using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>What a CA is answered.</summary>
/// <param name="Der">KMRespond.</param>
/// <param name="Refusal">Why the whole request was refused; null when it was answered request by request.</param>
internal sealed record KmAnswer(byte[] Der, Refusal? Refusal);

/// <summary>Keeps the answer where the message came in, in the transaction of the deed: the receipt and the deed are there together or not at all.</summary>
/// <param name="Prepare">Is given the answer before the transaction begins.</param>
/// <param name="Keep">Is given it inside; not called for a refusal that passes by itself.</param>
internal sealed record AnswerKeeper(Action<byte[]> Prepare, Action<Session, byte[]> Keep);
