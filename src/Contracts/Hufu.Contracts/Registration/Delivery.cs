namespace Hufu.Contracts;

/// <summary>Fetches a pair: <c>POST /api/ra/applications/{id}/fetch</c>.</summary>
/// <param name="Code">The one-time code from the mail.</param>
public sealed record FetchPair(string Code);

/// <summary>What the holder fetches. DER.</summary>
/// <param name="SigningCertificate">签名证书.</param>
/// <param name="EncryptionCertificate">加密证书, if the profile has one.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey of the encryption private key under the holder's signing key.</param>
/// <param name="Chain">The chain without the root, as degenerate PKCS#7 (6.6.2.1-d).</param>
/// <param name="CsrResponse">The same as CSRResponse of GM/T 0092.</param>
/// <param name="ReceiptToken">Goes back with the acceptance.</param>
public sealed record FetchedPair(byte[] SigningCertificate, byte[]? EncryptionCertificate, byte[]? EnvelopedKey, byte[] Chain, byte[] CsrResponse, string ReceiptToken);

/// <summary>Accepts a pair: <c>POST /api/ra/applications/{id}/acceptance</c>.</summary>
/// <param name="ReceiptToken">From <see cref="FetchedPair"/>.</param>
/// <param name="Signature">
/// DER SM2Signature by the new signing key over the UTF-8 bytes of <see cref="TextToSign"/>; null where the holder's software cannot sign it, then the token alone is the receipt.
/// </param>
public sealed record AcceptPair(string ReceiptToken, byte[]? Signature)
{
    /// <summary>What the holder signs to accept: the application's number and the serial of the signing certificate.</summary>
    public static string TextToSign(string application, string signingSerial) => $"HUFU-ACCEPT 1\napplication: {application}\nserial: {signingSerial}\n";
}

/// <summary>Revokes with the challenge phrase: <c>POST /api/ra/revocations</c> (6.2.7.3-d).</summary>
/// <param name="Serial">Serial (hex) of the signing certificate.</param>
/// <param name="ChallengePhrase">The phrase set when applying.</param>
/// <param name="Reason">Why.</param>
public sealed record SelfRevocation(string Serial, string ChallengePhrase, RevocationReason Reason);
