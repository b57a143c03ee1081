namespace Hufu.Messaging;

/// <summary>What a sealed message says about itself; signed together with the body.</summary>
/// <param name="Id">1 to 64 visible ASCII characters; an order's id makes it idempotent, its answer carries the same id.</param>
/// <param name="Type">The contract's name, for an answer with <c>reply:</c> or <c>refusal:</c> before it.</param>
/// <param name="From">The sending room.</param>
/// <param name="To">The receiving room.</param>
/// <param name="Time">When it was sealed, UTC, to the second.</param>
public sealed record MessageHeader(string Id, string Type, string From, string To, DateTimeOffset Time)
{
    /// <summary>The longest id.</summary>
    public const int IdLimit = 64;

    internal const string ReplyMark = "reply:";
    internal const string RefusalMark = "refusal:";

    internal static bool IsId(string id) => id.Length is > 0 and <= IdLimit && id.All(c => c is > ' ' and < (char)127);
}

/// <summary>A message whose seal was opened and found good.</summary>
/// <param name="Header">What it says about itself.</param>
/// <param name="Body">JSON (UTF-8) of the contract, or the DER of a GM/T 0014 message.</param>
/// <param name="Signed">The signed data (GM/T 0010) as it was inside the envelope: evidence that anybody can verify who has the sender's certificate.</param>
/// <param name="Sealing">How it came.</param>
public sealed record OpenedMessage(MessageHeader Header, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Signed, Sealing Sealing)
{
    /// <summary>The receiver's encryption certificate that it was enveloped to: by it the receiver knows which of its certificates the sender knows. Null when it came signed only.</summary>
    public Pki.Certificate? Under { get; init; }
}

/// <summary>How a message is closed.</summary>
public enum Sealing
{
    /// <summary>Signed only: facts.</summary>
    Signed,

    /// <summary>Signed, then enveloped to the receiver: orders and answers.</summary>
    Enveloped,
}
