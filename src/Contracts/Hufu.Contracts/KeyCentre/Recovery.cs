namespace Hufu.Contracts;

/// <summary>The two grounds on which a holder's key is recovered (6.2.8-b).</summary>
public enum RecoveryGround
{
    /// <summary>The key is damaged.</summary>
    Damaged,

    /// <summary>The key is lost.</summary>
    Lost,
}

/// <summary>A holder asks for the encryption keys back: <c>POST /api/kmc/recoveries</c>, act <see cref="ActNames.KmcRecoveryEnter"/>; answered with <see cref="CaseStep"/>. Then <c>…/{id}/approve</c> or
/// <c>…/{id}/refuse</c> by a business administrator and <c>…/{id}/release</c> by an operator.</summary>
/// <param name="Ca">The CA whose certificates they are, by its name among the key centre's peers.</param>
/// <param name="UserCertNumbers">Serials of the encryption certificates, hex; the present one and older ones; 1 to 20.</param>
/// <param name="Holder">Who asks, as identified.</param>
/// <param name="Ground">Damaged or lost.</param>
/// <param name="Reason">In words; 1 to 500 characters.</param>
/// <param name="SigningRequest">PKCS#10 of the holder's (new) signing key, DER: proves that the holder has it. The keys are enveloped to it.</param>
public sealed record RecoveryRequest(string Ca, IReadOnlyList<string> UserCertNumbers, string Holder, RecoveryGround Ground, string Reason, byte[] SigningRequest);

/// <summary>How far a recovery is: answer to <c>POST /api/kmc/recoveries/requests</c> (open, body <see cref="RecoveryRequest"/>: a holder asks on the user page) and to <c>GET /api/kmc/recoveries/{id}</c>
/// (open to whoever has the id). An operator who has identified the holder takes it up by <c>…/{id}/enter</c> (act <see cref="ActNames.KmcRecoveryEnter"/>, <see cref="CaseRemark"/>); from then on it is reviewed as any other.</summary>
/// <param name="Id">The case, 128 random bits: who has it may ask how far it is.</param>
/// <param name="State">How far it is.</param>
/// <param name="CodeUntil">Until when the one-time code opens the download; null when none is out.</param>
public sealed record RecoveryStatus(string Id, CaseState State, DateTimeOffset? CodeUntil);

/// <summary>A recovery is released.</summary>
/// <param name="Id">The case.</param>
/// <param name="Code">For the holder alone, shown this once; the key centre keeps a hash.</param>
/// <param name="Until">When it expires.</param>
public sealed record RecoveryReleased(string Id, string Code, DateTimeOffset Until);

/// <summary>The holder fetches: <c>POST /api/kmc/recoveries/{id}/download</c>, open to whoever has the code.</summary>
/// <param name="Code">The one-time code; case, spaces and hyphens do not matter.</param>
public sealed record RecoveryDownload(string Code);

/// <summary>Recovered keys, each openable by the holder's signing key alone.</summary>
/// <param name="Keys">In the order of the request.</param>
public sealed record RecoveredKeys(IReadOnlyList<RecoveredKey> Keys);

/// <summary>A recovered key.</summary>
/// <param name="UserCertNo">Serial of its encryption certificate, hex.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey of GM/T 0009, DER.</param>
public sealed record RecoveredKey(string UserCertNo, byte[] EnvelopedKey);
