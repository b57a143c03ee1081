namespace Hufu.Contracts;

/// <summary>How the exported file is protected.</summary>
public enum JusticeCarrier
{
    /// <summary>To the officers' certificates; every one of them opens it.</summary>
    OfficerCertificates,

    /// <summary>To a carrier key that is made for this export and shown once, on paper.</summary>
    PaperKey,
}

/// <summary>An officer who is entitled to the export.</summary>
/// <param name="Name">Real name.</param>
/// <param name="Unit">The authority they serve.</param>
/// <param name="Badge">Number of the officer's identity card.</param>
/// <param name="Certificate">Their encryption certificate, DER; needed for <see cref="JusticeCarrier.OfficerCertificates"/>.</param>
public sealed record JusticeOfficer(string Name, string Unit, string Badge, byte[]? Certificate);

/// <summary>A legal paper.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Number">Its number.</param>
/// <param name="Sm3">SM3 of the scanned paper, 64 hex digits.</param>
public sealed record JusticePaper(string Title, string Number, string Sm3);

/// <summary>Registers an order of justice: <c>POST /api/kmc/justice</c>, act <see cref="ActNames.KmcJusticeRegister"/>; answered with <see cref="CaseStep"/>. Then <c>…/{id}/approve</c> or <c>…/{id}/refuse</c> by a business
/// administrator, <c>…/{id}/witness</c> by an auditor, <c>…/{id}/export</c> by an operator. The holder is not told.</summary>
/// <param name="Officers">Two at least, ten at most.</param>
/// <param name="Papers">One at least, twenty at most.</param>
/// <param name="Ca">The CA whose certificates they are.</param>
/// <param name="UserCertNumbers">The scope: serials of encryption certificates, hex; 1 to 20.</param>
/// <param name="ValidUntil">Nothing is exported afterwards; policy says how long at most.</param>
/// <param name="Protection">How the file is protected.</param>
/// <param name="CarrierLabel">The carrier onto which the file goes: its make and serial number.</param>
public sealed record JusticeOrder(
    IReadOnlyList<JusticeOfficer> Officers, IReadOnlyList<JusticePaper> Papers, string Ca, IReadOnlyList<string> UserCertNumbers, DateTimeOffset ValidUntil, JusticeCarrier Protection, string CarrierLabel);

/// <summary>What leaves for justice, once.</summary>
/// <param name="Id">The case.</param>
/// <param name="File">GM/T 0010 signedData by the key centre over the JSON of <see cref="JusticeManifest"/>.</param>
/// <param name="Sm3">SM3 of the file, hex; stands in the register.</param>
/// <param name="CarrierKey">The carrier's private key in groups of hex digits, to be printed and handed over; null when the file is to the officers' certificates. Kept nowhere.</param>
public sealed record JusticeExport(string Id, byte[] File, string Sm3, string? CarrierKey);

/// <summary>What stands in the exported file.</summary>
/// <param name="Id">The case.</param>
/// <param name="Ca">The CA.</param>
/// <param name="CarrierLabel">For which carrier it was made.</param>
/// <param name="Exported">When.</param>
/// <param name="Keys">A key for each certificate and recipient.</param>
public sealed record JusticeManifest(string Id, string Ca, string CarrierLabel, DateTimeOffset Exported, IReadOnlyList<JusticeKey> Keys);

/// <summary>A key in the exported file.</summary>
/// <param name="UserCertNo">Serial of its encryption certificate, hex.</param>
/// <param name="Recipient">SM3 of the recipient's public key point, hex.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey, DER, to that recipient.</param>
public sealed record JusticeKey(string UserCertNo, string Recipient, byte[] EnvelopedKey);
