using Hufu.Ocsp.Signers;

namespace Hufu.Ocsp.Answering;

/// <summary>Signers for CAs that the room's own certificate does not speak for.</summary>
internal interface ICaSigners
{
    /// <summary>Where their answers wait to be signed.</summary>
    TokenLane Lane { get; }

    /// <summary>The signer for the issuer of which a CertID begins with these bytes; null when it is no CA that has one.</summary>
    /// <param name="prefix">As <see cref="Issuer.Prefix"/>.</param>
    /// <param name="now">Unix seconds.</param>
    /// <exception cref="Contracts.RefusedException">NotInitialised: its key is not certified yet; CertificateNotValid: its certificate has ended or is revoked. Nobody else may speak for the CA then.</exception>
    ResponderView? Find(ReadOnlySpan<byte> prefix, long now);
}
