using Hufu.Pki;

namespace Hufu.Ca.KeyCentre;

/// <summary>How GM/T 0014 bytes reach the key centre; production: Post, sealed.</summary>
internal interface IKeyCentreLine
{
    /// <summary>The certificate with which the key centre signs, as registered; null while it is not.</summary>
    Task<Certificate?> FindKeyCentreAsync(CancellationToken ct);

    /// <summary>The certificate and key with which this CA signs what it asks; null before initialisation.</summary>
    (Certificate Certificate, ISigner Signer)? Self { get; }

    /// <summary>Sends a CARequest and waits for the KMRespond.</summary>
    /// <param name="request">CARequest, DER.</param>
    /// <param name="ct">Cancels the waiting.</param>
    /// <returns>What came back, unverified.</returns>
    /// <exception cref="Hufu.Contracts.RefusedException">It cannot be reached, or Messaging refused.</exception>
    Task<byte[]> ExchangeAsync(byte[] request, CancellationToken ct);
}

/// <summary>An encryption pair as the key centre gave it.</summary>
/// <param name="PublicKey">The public half.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey (GM/T 0009) to the holder's signing key, DER.</param>
internal sealed record EncryptionPair(SubjectPublicKeyInfo PublicKey, byte[] EnvelopedKey);

/// <summary>A task for the key centre: one pair for one encryption certificate (step 4).</summary>
/// <param name="Number">taskNO.</param>
/// <param name="UserCertNo">Serial of the encryption certificate.</param>
/// <param name="HolderKey">The holder's signing key, to which the private half is enveloped.</param>
/// <param name="NotBefore">Validity told to the key centre.</param>
/// <param name="NotAfter">Validity told to the key centre.</param>
/// <param name="UserName">The holder's name, for the key centre's records.</param>
internal sealed record PairTask(long Number, SerialNumber UserCertNo, SubjectPublicKeyInfo HolderKey, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string UserName);
