namespace Hufu.Contracts;

/// <summary>
/// A renewal with a new key (6.1.3.3): <c>POST /api/ra/rekeys</c>; answered with <see cref="ApplicationCreated"/>. While the old certificate is valid the holder's signature with it stands for the identity
/// check's part that it can; once it has expired every paper and check of a first application is asked again. Never after revocation.
/// </summary>
/// <param name="Serial">Serial (hex) of the signing certificate whose key is replaced.</param>
/// <param name="Request">PKCS#10 (DER) with the new key, signed by it.</param>
/// <param name="OldKeySignature">DER signature by the old signing key (SM2 with SM3, or ECDSA with SHA-256 of a P-256 key) over the UTF-8 bytes of <see cref="TextToSign"/>.</param>
/// <param name="AgreementVersion">The version that the holder accepted.</param>
/// <param name="AgreementAccepted">Must be true.</param>
public sealed record NewRekey(string Serial, byte[] Request, byte[] OldKeySignature, string AgreementVersion, bool AgreementAccepted)
{
    /// <summary>What the old key signs: the old serial and SM3 (hex) of the new request.</summary>
    /// <param name="serial">Serial of the old signing certificate, lower-case hex.</param>
    /// <param name="request">The new PKCS#10, DER.</param>
    public static string TextToSign(string serial, ReadOnlySpan<byte> request) => $"HUFU-REKEY 1\nserial: {serial}\nrequest: {ActStatement.Digest(request)}\n";
}

/// <summary>The holder revokes with the key of the certificate: <c>POST /api/ra/revocations/signed</c>; answered with <see cref="PairRevoked"/>.</summary>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When the holder signed; may differ from the room's clock as much as a staff act's time.</param>
/// <param name="Signature">DER signature by the signing key (SM2 with SM3, or ECDSA with SHA-256 of a P-256 key) over the UTF-8 bytes of <see cref="TextToSign"/>.</param>
public sealed record SignedRevocation(string Serial, RevocationReason Reason, DateTimeOffset At, byte[] Signature)
{
    /// <summary>What the holder signs.</summary>
    /// <param name="serial">Serial of the signing certificate, lower-case hex.</param>
    /// <param name="reason">Why.</param>
    /// <param name="at">When, UTC, to the second.</param>
    public static string TextToSign(string serial, RevocationReason reason, DateTimeOffset at) =>
        $"HUFU-REVOKE 1\nserial: {serial}\nreason: {(int)reason}\nat: {at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)}\n";
}
