using System.Text.Json.Nodes;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>An act that has passed every check of <see cref="ActGate"/>; the room's work gets it.</summary>
/// <param name="Person">Who acts.</param>
/// <param name="Statement">What they signed.</param>
/// <param name="Signed">The signed act itself.</param>
/// <param name="Certificate">Their certificate, DER.</param>
public sealed record AuthorisedAct(StaffMember Person, ActStatement Statement, SignedAct Signed, byte[] Certificate)
{
    /// <summary>Who seconded it, where four eyes were asked for; else null.</summary>
    public StaffMember? Second { get; init; }

    /// <summary>Further facts for the ledger's record of this act; the work may add to it. No secrets.</summary>
    public JsonObject Detail { get; init; } = [];

    /// <summary>Facts for the record that only some may read (personal data): they stand in it sealed under the room's device. The work may add to it.</summary>
    public JsonObject Private { get; init; } = [];
}
