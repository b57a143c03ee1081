using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>Requests for certificates.</summary>
public sealed partial class SoftwareDevice
{
    /// <summary>
    /// Makes a PKCS#10 request for a pair of any use. It is the one thing that an encryption key signs: possession has to be proven, and the device
    /// composes itself what is signed.
    /// </summary>
    /// <param name="label">The pair.</param>
    /// <param name="subject">The requested subject.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> for an SM4 key; <see cref="DeviceError.KeyArchived"/>.</exception>
    public CertificationRequest CreateRequest(string label, DistinguishedName subject)
    {
        KeyFile key = Existing(label);
        KeyVault.DemandLiving(key);
        return CertificationRequest.Create(subject, new RequestSigner(_vault, key));
    }

    /// <summary>Signs a request with a pair that may be for encryption. Never handed out.</summary>
    private sealed class RequestSigner(KeyVault vault, KeyFile key) : ISigner
    {
        public SubjectPublicKeyInfo PublicKey { get; } = PublicKeys.Of(key);

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
            using Sm2PrivateKey d = vault.OpenPair(key);
            d.SignData(Sm2.DefaultId, data, signature);
            return Sm2SignatureValue.Encode(signature);
        }
    }
}
